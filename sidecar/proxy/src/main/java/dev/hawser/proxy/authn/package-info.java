/**
 * Requests show tokens ({@code envoy.filters.http.jwt_authn}): which ones they need, where in a
 * request they are, whose keys they are checked with, and what the application and other filters
 * learn from them.
 *
 * <p>Starting points: {@link dev.hawser.proxy.authn.JwtFilter}, {@link
 * dev.hawser.proxy.authn.Judgement}, {@link dev.hawser.proxy.authn.RemoteKeys}.
 */
@NullMarked
package dev.hawser.proxy.authn;

import org.jspecify.annotations.NullMarked;
