/**
 * Event loops and the one place where channel options are chosen.
 *
 * <p>Starting points: {@link dev.hawser.engine.loop.EventLoops}.
 */
@NullMarked
package dev.hawser.engine.loop;

import org.jspecify.annotations.NullMarked;
