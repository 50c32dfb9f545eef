/**
 * Which endpoint gets the next request: priorities with locality, weights, and what has been
 * learned about each endpoint by its answers, its silence and our probes.
 *
 * <p>Health is shared by all workers and read without locks: every change makes a new immutable
 * {@code Selection}, and a pick works on the one it finds.
 *
 * <p>Starting points: {@link dev.hawser.proxy.balance.Balancer}, {@link
 * dev.hawser.proxy.balance.Condition}.
 */
@NullMarked
package dev.hawser.proxy.balance;

import org.jspecify.annotations.NullMarked;
