/**
 * The client side of xDS: aggregated delta discovery, health discovery, and the last good state on
 * disk. Resources are handed on as Envoy's own messages; each proxy turns them into its own
 * records.
 *
 * <p>Starting points: {@link dev.hawser.engine.xds.AdsClient}, {@link
 * dev.hawser.engine.xds.ResourceApplier}.
 */
@NullMarked
package dev.hawser.engine.xds;

import org.jspecify.annotations.NullMarked;
