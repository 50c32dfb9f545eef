/**
 * Timers.
 *
 * <p>Starting points: {@link dev.hawser.proxy.worker.TimerWheelTest}.
 */
@NullMarked
package dev.hawser.proxy.worker;

import org.jspecify.annotations.NullMarked;
