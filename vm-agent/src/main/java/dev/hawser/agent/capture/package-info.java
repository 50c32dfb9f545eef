/**
 * Capture on this machine as its operator sees it: applied, confirmed or rolled back, kept for the
 * next start.
 *
 * <p>Starting points: {@link dev.hawser.agent.capture.Captures}.
 */
@NullMarked
package dev.hawser.agent.capture;

import org.jspecify.annotations.NullMarked;
