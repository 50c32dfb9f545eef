/**
 * What a control plane remembers so that its restart takes nothing away, written behind the work.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.restart.LastGoodStates}.
 */
@NullMarked
package dev.hawser.controlplane.restart;

import org.jspecify.annotations.NullMarked;
