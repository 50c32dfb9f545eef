/**
 * Join tokens: what an invitation carries, and the ledger that redeems each once.
 *
 * <p>Starting points: {@link dev.hawser.trust.token.JoinToken}, {@link
 * dev.hawser.trust.token.TokenLedger}.
 */
@NullMarked
package dev.hawser.trust.token;

import org.jspecify.annotations.NullMarked;
