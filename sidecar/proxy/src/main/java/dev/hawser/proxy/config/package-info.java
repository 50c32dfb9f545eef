/**
 * The start file of a sidecar.
 *
 * <p>Starting points: {@link dev.hawser.proxy.config.ProxyConfig}, {@link
 * dev.hawser.proxy.config.StartFile}.
 */
@NullMarked
package dev.hawser.proxy.config;

import org.jspecify.annotations.NullMarked;
