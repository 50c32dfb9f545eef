/**
 * Tests of what routes take and what they make of a request.
 *
 * <p>Starting points: {@link dev.hawser.proxy.routing.RouteMatchTest}, {@link
 * dev.hawser.proxy.routing.RewriteTest}.
 */
@NullMarked
package dev.hawser.proxy.routing;

import org.jspecify.annotations.NullMarked;
