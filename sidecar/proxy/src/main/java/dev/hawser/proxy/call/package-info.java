/**
 * Requests of the proxy itself, beside those that it passes on: checks, quotas, keys. They go to
 * upstreams like any other, so that balancing, health and mutual TLS are the same.
 *
 * <p>Starting points: {@link dev.hawser.proxy.call.SideCall}, {@link
 * dev.hawser.proxy.call.GrpcCall}.
 */
@NullMarked
package dev.hawser.proxy.call;

import org.jspecify.annotations.NullMarked;
