/**
 * Paths, measured.
 *
 * <p>Starting point: {@link dev.hawser.proxy.normalise.PathBenchmark}.
 */
@NullMarked
package dev.hawser.proxy.normalise;

import org.jspecify.annotations.NullMarked;
