/**
 * Tokens and keys, fuzzed.
 *
 * <p>Starting point: {@link dev.hawser.proxy.jwt.TokenFuzz}.
 */
@NullMarked
package dev.hawser.proxy.jwt;

import org.jspecify.annotations.NullMarked;
