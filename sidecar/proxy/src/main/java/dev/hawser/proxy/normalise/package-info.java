/**
 * One form for a request's path, found before anything looks at it: policy, routes and the
 * application see the same bytes (RFC 3986 section 6, and what common application servers make of
 * backslashes, path parameters and encoded slashes).
 *
 * <p>Starting point: {@link dev.hawser.proxy.normalise.PathRules}.
 */
@NullMarked
package dev.hawser.proxy.normalise;

import org.jspecify.annotations.NullMarked;
