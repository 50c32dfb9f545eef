/**
 * Tests of active checks' pace.
 *
 * <p>Starting points: {@link dev.hawser.proxy.upstream.CheckWatchTest}.
 */
@NullMarked
package dev.hawser.proxy.upstream;

import org.jspecify.annotations.NullMarked;
