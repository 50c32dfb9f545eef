/**
 * Ending calmly: one trigger, many that take part, one deadline.
 *
 * <p>Starting points: {@link dev.hawser.engine.drain.DrainTrigger}, {@link
 * dev.hawser.engine.drain.Termination}.
 */
@NullMarked
package dev.hawser.engine.drain;

import org.jspecify.annotations.NullMarked;
