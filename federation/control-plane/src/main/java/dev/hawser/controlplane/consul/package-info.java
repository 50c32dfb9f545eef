/**
 * Services of a Consul datacenter: its catalog and health by blocking queries.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.consul.ConsulRegistry} (keeps in touch),
 * {@link dev.hawser.controlplane.consul.ConsulView} (what the catalog means as services).
 */
@NullMarked
package dev.hawser.controlplane.consul;

import org.jspecify.annotations.NullMarked;
