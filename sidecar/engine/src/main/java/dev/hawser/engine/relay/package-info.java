/**
 * Moves the bytes of two connections into each other.
 *
 * <p>Bytes pass as the buffers they were read into. Where neither side has TLS of ours, Linux could
 * move them without bringing them into the process (splice(2), Netty's {@code spliceTo}): that
 * would take the place of the two {@code RelayHalf} handlers, behind the same {@link
 * dev.hawser.engine.relay.Relay}.
 *
 * <p>Starting points: {@link dev.hawser.engine.relay.Relay}.
 */
@NullMarked
package dev.hawser.engine.relay;

import org.jspecify.annotations.NullMarked;
