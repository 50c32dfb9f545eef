/**
 * The workload calls out: explicit local listeners, and one for any host of the mesh.
 *
 * <p>Transparent capture has its place here: it would add a listener whose connections carry their
 * original destination (SO_ORIGINAL_DST), and choose the upstream by that instead of by the
 * listener's chain; everything behind {@link dev.hawser.proxy.outbound.OutboundConnections} stays.
 *
 * <p>Starting points: {@link dev.hawser.proxy.outbound.OutboundConnections}, {@link
 * dev.hawser.proxy.outbound.OutboundSide}.
 */
@NullMarked
package dev.hawser.proxy.outbound;

import org.jspecify.annotations.NullMarked;
