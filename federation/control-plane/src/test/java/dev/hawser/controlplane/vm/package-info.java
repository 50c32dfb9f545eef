/**
 * Leases on a clock that the test turns.
 *
 * <p>Starting point: {@link dev.hawser.controlplane.vm.VmLeaseRegistryTest}.
 */
@NullMarked
package dev.hawser.controlplane.vm;

import org.jspecify.annotations.NullMarked;
