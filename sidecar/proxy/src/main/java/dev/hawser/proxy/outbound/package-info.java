/**
 * The workload calls out: explicit local listeners, one for any host of the mesh, and one to which
 * a packet filter redirects whatever it opens: that hands over to the listener of the destination,
 * which is asked for when somebody calls.
 *
 * <p>Starting points: {@link dev.hawser.proxy.outbound.OutboundConnections}, {@link
 * dev.hawser.proxy.outbound.OutboundSide}, {@link dev.hawser.proxy.outbound.CapturedDestinations}.
 */
@NullMarked
package dev.hawser.proxy.outbound;

import org.jspecify.annotations.NullMarked;
