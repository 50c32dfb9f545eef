/**
 * All benchmarks, run once.
 *
 * <p>Starting point: {@link dev.hawser.micro.EveryBenchmarkTest}.
 */
@NullMarked
package dev.hawser.micro;

import org.jspecify.annotations.NullMarked;
