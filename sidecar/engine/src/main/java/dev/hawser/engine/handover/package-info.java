/**
 * Hands the listening sockets of a process to its successor: over a Unix socket that only the own
 * user can reach, as descriptors (SCM_RIGHTS). Both hold the same sockets, so there is no moment in
 * which a connection is refused, and none that waits to be accepted is lost when the first lets go.
 * Linux only.
 *
 * <p>Starting points: {@link dev.hawser.engine.handover.HandoverSocket} of the one that goes,
 * {@link dev.hawser.engine.handover.Inheritance} of the one that comes.
 */
@NullMarked
package dev.hawser.engine.handover;

import org.jspecify.annotations.NullMarked;
