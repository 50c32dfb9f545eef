/**
 * Paths, fuzzed.
 *
 * <p>Starting point: {@link dev.hawser.proxy.normalise.PathFuzz}.
 */
@NullMarked
package dev.hawser.proxy.normalise;

import org.jspecify.annotations.NullMarked;
