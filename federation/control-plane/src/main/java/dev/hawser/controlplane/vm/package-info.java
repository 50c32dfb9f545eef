/**
 * The registry of what no other registry knows: services on VMs, each kept alive by the lease that
 * its agent renews.
 *
 * <p>Starting point: {@link dev.hawser.controlplane.vm.VmLeaseRegistry}.
 */
@NullMarked
package dev.hawser.controlplane.vm;

import org.jspecify.annotations.NullMarked;
