/**
 * From what every source says to what the mesh is: one pure function.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.merge.SnapshotMerger}, {@link
 * dev.hawser.controlplane.merge.MergeInput}.
 */
@NullMarked
package dev.hawser.controlplane.merge;

import org.jspecify.annotations.NullMarked;
