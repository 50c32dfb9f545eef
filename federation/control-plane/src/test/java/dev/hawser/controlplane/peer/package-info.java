/**
 * Tests of the federation: the pure rules alone, and control planes that talk over real sockets
 * with real certificates.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.peer.TestCluster}, {@link
 * dev.hawser.controlplane.peer.FederationJoinTest}.
 */
@NullMarked
package dev.hawser.controlplane.peer;

import org.jspecify.annotations.NullMarked;
