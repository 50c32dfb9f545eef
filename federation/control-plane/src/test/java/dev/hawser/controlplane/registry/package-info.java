/**
 * The guard's rule and holder, case by case, on a clock that the test turns; all sources behind it.
 *
 * <p>Starting point: {@link dev.hawser.controlplane.registry.MassWithdrawalGuardTest}.
 */
@NullMarked
package dev.hawser.controlplane.registry;

import org.jspecify.annotations.NullMarked;
