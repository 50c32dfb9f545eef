/**
 * The federation seen from one of its control planes: who the members are, how a newcomer joins,
 * the one link to each member through the gateways, and what a member's silence means.
 *
 * <p>Everything that is known about members and links is changed by one thread, the {@link
 * dev.hawser.controlplane.peer.PeerLoop}; gRPC's threads only hand messages over. Wire messages
 * ({@code hawser.peer.v1}) stop at this package's edge.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.peer.Federation} (what the control plane
 * uses), {@link dev.hawser.controlplane.peer.PeerLink} (one member), {@link
 * dev.hawser.controlplane.peer.PeerHealth} and {@link dev.hawser.controlplane.peer.Members} (pure
 * rules).
 */
@NullMarked
package dev.hawser.controlplane.peer;

import org.jspecify.annotations.NullMarked;
