/**
 * The SPI of what a cluster's services are learned from, and the guard that stands between a source
 * and the mesh.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.registry.ServiceRegistry} (one source), {@link
 * dev.hawser.controlplane.registry.Registries} (all of them, behind the guard), {@link
 * dev.hawser.controlplane.registry.MassWithdrawalGuard}.
 */
@NullMarked
package dev.hawser.controlplane.registry;

import org.jspecify.annotations.NullMarked;
