/**
 * Relays between real sockets, on both transports.
 *
 * <p>Starting points: {@code RelayTest}.
 */
@NullMarked
package dev.hawser.engine.relay;

import org.jspecify.annotations.NullMarked;
