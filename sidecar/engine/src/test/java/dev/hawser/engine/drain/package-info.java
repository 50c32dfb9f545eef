/**
 * One drain, many parts.
 *
 * <p>Starting points: {@code DrainTriggerTest}.
 */
@NullMarked
package dev.hawser.engine.drain;

import org.jspecify.annotations.NullMarked;
