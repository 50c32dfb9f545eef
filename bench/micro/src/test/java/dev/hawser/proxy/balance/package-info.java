/**
 * The choice of an endpoint, measured.
 *
 * <p>Starting point: {@link dev.hawser.proxy.balance.PickBenchmark}.
 */
@NullMarked
package dev.hawser.proxy.balance;

import org.jspecify.annotations.NullMarked;
