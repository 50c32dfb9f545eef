/**
 * Unit tests of balancing and health, on a clock of their own.
 *
 * <p>Starting points: {@link dev.hawser.proxy.balance.BalancerTest}.
 */
@NullMarked
package dev.hawser.proxy.balance;

import org.jspecify.annotations.NullMarked;
