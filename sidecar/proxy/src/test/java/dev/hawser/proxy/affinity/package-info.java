/**
 * Tests of hashes.
 *
 * <p>Starting point: {@link dev.hawser.proxy.affinity.HashesTest}.
 */
@NullMarked
package dev.hawser.proxy.affinity;

import org.jspecify.annotations.NullMarked;
