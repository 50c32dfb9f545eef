/**
 * Real handshakes with real certificates, by BoringSSL and by the JDK.
 *
 * <p>Starting points: {@code MeshTlsTest}, {@code TlsPair}.
 */
@NullMarked
package dev.hawser.engine.tls;

import org.jspecify.annotations.NullMarked;
