/**
 * The control plane's gRPC port and its calls to other control planes. The only place that knows
 * Netty.
 *
 * <p>Every call is judged against the bundles of that moment; what a service sees of its caller is
 * {@link dev.hawser.controlplane.transport.PeerIdentity}.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.transport.MeshServer}, {@link
 * dev.hawser.controlplane.transport.PeerDialer}.
 */
@NullMarked
package dev.hawser.controlplane.transport;

import org.jspecify.annotations.NullMarked;
