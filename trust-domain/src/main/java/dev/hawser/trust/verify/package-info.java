/**
 * Whether a peer is who its certificate says, decided at every handshake against the bundles of
 * that moment.
 *
 * <p>Starting points: {@link dev.hawser.trust.verify.PeerVerifier}, {@link
 * dev.hawser.trust.verify.LiveTrustManager}, {@link dev.hawser.trust.verify.Reason}.
 */
@NullMarked
package dev.hawser.trust.verify;

import org.jspecify.annotations.NullMarked;
