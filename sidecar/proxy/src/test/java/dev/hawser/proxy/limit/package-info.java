/**
 * Tests of buckets.
 *
 * <p>Starting points: {@link dev.hawser.proxy.limit.TokenBucketTest}.
 */
@NullMarked
package dev.hawser.proxy.limit;

import org.jspecify.annotations.NullMarked;
