/**
 * Listening and connecting on both transports.
 *
 * <p>Starting points: {@code EventLoopsTest}.
 */
@NullMarked
package dev.hawser.engine.loop;

import org.jspecify.annotations.NullMarked;
