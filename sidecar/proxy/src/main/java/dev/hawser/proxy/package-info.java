/**
 * The proxy beside a workload.
 *
 * <p>A request of the workload comes in at {@code outbound}, is routed by {@code routing}, tried by
 * {@code exchange} on an endpoint that {@code balance} chose, over a connection of {@code
 * upstream}, in the words of {@code http}. At the other workload's proxy it comes in at {@code
 * inbound}, is judged by {@code access}, and goes the same way to the application. {@code boot}
 * feeds all of them with configuration that {@code codec} read.
 *
 * <p>Starting points: {@link dev.hawser.proxy.ProxyMain}, {@link dev.hawser.proxy.boot.Proxy}.
 */
@NullMarked
package dev.hawser.proxy;

import org.jspecify.annotations.NullMarked;
