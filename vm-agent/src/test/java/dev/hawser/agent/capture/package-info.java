/**
 * What is kept of a capture. What the kernel does of it is shown in {@code it}.
 *
 * <p>Starting points: {@link dev.hawser.agent.capture.CaptureFileTest}.
 */
@NullMarked
package dev.hawser.agent.capture;

import org.jspecify.annotations.NullMarked;
