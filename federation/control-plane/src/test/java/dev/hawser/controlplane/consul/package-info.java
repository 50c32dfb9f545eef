/**
 * What a catalog means as services.
 *
 * <p>Starting point: {@link dev.hawser.controlplane.consul.ConsulViewTest}.
 */
@NullMarked
package dev.hawser.controlplane.consul;

import org.jspecify.annotations.NullMarked;
