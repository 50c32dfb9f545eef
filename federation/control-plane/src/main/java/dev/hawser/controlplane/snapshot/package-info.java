/**
 * What the mesh is at one moment, as one immutable value: the services of this cluster and of its
 * peers, the policies and the trust bundles. A reader takes the reference once and works on that.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.snapshot.MeshSnapshot}, {@link
 * dev.hawser.controlplane.snapshot.SnapshotHolder}.
 */
@NullMarked
package dev.hawser.controlplane.snapshot;

import org.jspecify.annotations.NullMarked;
