/**
 * Who is who in the mesh, and how it is proved. A library without threads or sockets of its own;
 * clocks are handed in everywhere.
 *
 * <p>Starting points: {@link dev.hawser.trust.verify.PeerVerifier} (is this peer who it says?),
 * {@link dev.hawser.trust.authority.ClusterAuthority} (who signs what), {@link
 * dev.hawser.trust.token.TokenLedger} (who is let in).
 */
@NullMarked
package dev.hawser.trust;

import org.jspecify.annotations.NullMarked;
