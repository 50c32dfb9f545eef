/**
 * Route tables from xDS messages.
 *
 * <p>Starting points: {@code RouteTableTest}.
 */
@NullMarked
package dev.hawser.gateway.route;

import org.jspecify.annotations.NullMarked;
