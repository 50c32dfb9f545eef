/**
 * What a proxy is told to do, as immutable records of our own: listeners, routes, upstreams,
 * endpoints, authorization. The wire types that they are read from stop in {@code codec}.
 *
 * <p>Starting points: {@link dev.hawser.proxy.model.ListenerConfig}, {@link
 * dev.hawser.proxy.model.RouteTable}, {@link dev.hawser.proxy.model.UpstreamConfig}, {@link
 * dev.hawser.proxy.model.EndpointSet}.
 */
@NullMarked
package dev.hawser.proxy.model;

import org.jspecify.annotations.NullMarked;
