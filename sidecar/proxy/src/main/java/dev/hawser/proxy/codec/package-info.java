/**
 * Reads xDS messages (Envoy v3) into our own records, and refuses with field and reason what this
 * proxy would not obey: the control plane is told, and the resource before stays in force.
 *
 * <p>Starting points: {@link dev.hawser.proxy.codec.ListenerCodec}, {@link
 * dev.hawser.proxy.codec.RouteCodec}, {@link dev.hawser.proxy.codec.ClusterCodec}, {@link
 * dev.hawser.proxy.codec.EndpointCodec}, {@link dev.hawser.proxy.codec.ClusterCodec}.
 */
@NullMarked
package dev.hawser.proxy.codec;

import org.jspecify.annotations.NullMarked;
