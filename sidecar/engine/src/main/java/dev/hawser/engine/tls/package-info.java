/**
 * Mutual TLS of the mesh (RFC 8446) on Netty channels, by BoringSSL where it is available.
 *
 * <p>Every handshake, resumed or not, ends in a verdict on the peer by the trust of that moment,
 * and every live connection is judged again when the trust changes.
 *
 * <p>Starting points: {@link dev.hawser.engine.tls.MeshTls}, {@link
 * dev.hawser.engine.tls.PeerCheck}.
 */
@NullMarked
package dev.hawser.engine.tls;

import org.jspecify.annotations.NullMarked;
