/**
 * Tokens that say who is calling: JSON Web Signatures in compact form, the public keys they are
 * checked with, and the claims in them (RFC 7515, 7517, 7518, 7519, 8037, 8725). Pure; the
 * cryptography itself is the JDK's.
 *
 * <p>Starting points: {@link dev.hawser.proxy.jwt.Jwt}, {@link dev.hawser.proxy.jwt.KeySet}, {@link
 * dev.hawser.proxy.jwt.ClaimRules}.
 */
@NullMarked
package dev.hawser.proxy.jwt;

import org.jspecify.annotations.NullMarked;
