/**
 * What this cluster offers to others: which services, to whom, and the numbered slots that stand
 * for their endpoints so that no pod address ever leaves the cluster.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.exports.ExportLedger} (the one that runs),
 * {@link dev.hawser.controlplane.exports.SlotTable} and {@link
 * dev.hawser.controlplane.exports.ExportPlan} (pure).
 */
@NullMarked
package dev.hawser.controlplane.exports;

import org.jspecify.annotations.NullMarked;
