/**
 * Faults that are made on purpose, so that one can see what becomes of a caller.
 *
 * <p>Starting points: {@link dev.hawser.proxy.fault.FaultFilter}.
 */
@NullMarked
package dev.hawser.proxy.fault;

import org.jspecify.annotations.NullMarked;
