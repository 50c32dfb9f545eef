/**
 * Finds the route of a request: tables by name, hosts on demand, rules in order.
 *
 * <p>Starting points: {@link dev.hawser.proxy.routing.RouteBook}, {@link
 * dev.hawser.proxy.routing.HostTable}.
 */
@NullMarked
package dev.hawser.proxy.routing;

import org.jspecify.annotations.NullMarked;
