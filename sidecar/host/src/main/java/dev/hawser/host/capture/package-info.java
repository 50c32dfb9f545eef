/**
 * Transparent capture: what applications open and what comes for them is redirected to the proxy by
 * the kernel, and nothing in them changes. Plans are values and what follows from them is pure;
 * only {@link dev.hawser.host.capture.Capture} runs programs.
 *
 * <p>Starting points: {@link dev.hawser.host.capture.CapturePlan}, {@link
 * dev.hawser.host.capture.Capture}.
 */
@NullMarked
package dev.hawser.host.capture;

import org.jspecify.annotations.NullMarked;
