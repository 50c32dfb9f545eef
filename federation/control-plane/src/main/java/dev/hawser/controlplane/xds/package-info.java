/**
 * Configuration out: the snapshot as standard Envoy v3 resources, and the streams that carry them.
 *
 * <p>A translator ({@link dev.hawser.controlplane.xds.XdsTranslator}) is a pure function of one
 * snapshot. The stream states decide what a client is told next and touch no network; the services
 * move messages and never wait for a client.
 *
 * <p>Starting points: {@link dev.hawser.controlplane.xds.AdsService}, {@link
 * dev.hawser.controlplane.xds.XdsTranslator}, {@link dev.hawser.controlplane.xds.HealthService},
 * {@link dev.hawser.controlplane.xds.ProxyRegistry}.
 */
@NullMarked
package dev.hawser.controlplane.xds;

import org.jspecify.annotations.NullMarked;
