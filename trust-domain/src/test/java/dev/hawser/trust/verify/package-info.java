/**
 * What a verifier refuses, rule by rule, and what real handshakes do with it.
 *
 * <p>Starting points: {@link dev.hawser.trust.verify.WrongChainTest}, {@link
 * dev.hawser.trust.verify.LiveHandshakeTest}.
 */
@NullMarked
package dev.hawser.trust.verify;

import org.jspecify.annotations.NullMarked;
