/**
 * Sockets that change hands under load.
 *
 * <p>Starting points: {@link dev.hawser.engine.handover.HandoverTest}.
 */
@NullMarked
package dev.hawser.engine.handover;

import org.jspecify.annotations.NullMarked;
