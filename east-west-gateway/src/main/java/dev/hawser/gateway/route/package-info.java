/**
 * Which server name leads where: one immutable table, made from what the control plane sends and
 * swapped whole.
 *
 * <p>Starting points: {@link dev.hawser.gateway.route.RouteTable}.
 */
@NullMarked
package dev.hawser.gateway.route;

import org.jspecify.annotations.NullMarked;
