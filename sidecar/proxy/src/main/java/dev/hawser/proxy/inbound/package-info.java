/**
 * Others call the workload: mutual TLS, the server name says for which port, policy says whether,
 * and only then does a byte reach the application.
 *
 * <p>Starting points: {@link dev.hawser.proxy.inbound.InboundConnections}, {@link
 * dev.hawser.proxy.inbound.InboundSide}.
 */
@NullMarked
package dev.hawser.proxy.inbound;

import org.jspecify.annotations.NullMarked;
