/**
 * Raw bytes. Between proxies they travel in frames ({@code hawser-tcp/1}): four octets of length,
 * big-endian, then the bytes; length 0 ends one direction and leaves the other open, which TLS as
 * we have it cannot say by itself. A peer that does not agree to the protocol gets bare bytes.
 *
 * <p>Starting points: {@link dev.hawser.proxy.tcp.Tunnel}, {@link dev.hawser.proxy.tcp.TcpCall}.
 */
@NullMarked
package dev.hawser.proxy.tcp;

import org.jspecify.annotations.NullMarked;
