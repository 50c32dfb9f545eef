/**
 * What belongs to one event loop: its timers and its source of chance.
 *
 * <p>Starting points: {@link dev.hawser.proxy.worker.Worker}, {@link
 * dev.hawser.proxy.worker.TimerWheel}.
 */
@NullMarked
package dev.hawser.proxy.worker;

import org.jspecify.annotations.NullMarked;
