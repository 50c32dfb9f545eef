/**
 * Limits of rates of requests: buckets of our own, and a service that counts for many proxies.
 *
 * <p>Starting points: {@link dev.hawser.proxy.limit.LocalLimitFilter}, {@link
 * dev.hawser.proxy.limit.ServiceLimitFilter}.
 */
@NullMarked
package dev.hawser.proxy.limit;

import org.jspecify.annotations.NullMarked;
