/**
 * Resources of xDS, fuzzed.
 *
 * <p>Starting point: {@link dev.hawser.proxy.codec.ResourceFuzz}.
 */
@NullMarked
package dev.hawser.proxy.codec;

import org.jspecify.annotations.NullMarked;
