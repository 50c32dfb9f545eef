/**
 * Tokens as text, and the race to redeem them.
 *
 * <p>Starting points: {@link dev.hawser.trust.token.TokenLedgerTest}, {@link
 * dev.hawser.trust.token.JoinTokenTest}.
 */
@NullMarked
package dev.hawser.trust.token;

import org.jspecify.annotations.NullMarked;
