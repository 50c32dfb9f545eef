/**
 * Tokens are accepted for the right key, algorithm, claims and time alone.
 *
 * <p>Starting points: {@link dev.hawser.proxy.jwt.TokenTest}, {@link
 * dev.hawser.proxy.jwt.KeySetTest}, {@link dev.hawser.proxy.jwt.ClaimRulesTest}.
 */
@NullMarked
package dev.hawser.proxy.jwt;

import org.jspecify.annotations.NullMarked;
