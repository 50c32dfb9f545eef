/**
 * Others say whether a request may pass ({@code envoy.filters.http.ext_authz}). Whoever cannot be
 * asked has not allowed it, unless configuration says so in as many words.
 *
 * <p>Starting points: {@link dev.hawser.proxy.authz.ExtAuthzFilter}, {@link
 * dev.hawser.proxy.authz.Ruling}.
 */
@NullMarked
package dev.hawser.proxy.authz;

import org.jspecify.annotations.NullMarked;
