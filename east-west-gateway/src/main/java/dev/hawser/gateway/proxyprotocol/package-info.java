/**
 * The PROXY protocol, versions 1 and 2: a load balancer in front says whose connection it is that
 * it passes on. Only those that the start file names are asked and believed.
 *
 * <p>Starting points: {@link dev.hawser.gateway.proxyprotocol.ProxyHeaderHandler}, {@link
 * dev.hawser.gateway.proxyprotocol.ProxyHeader}.
 */
@NullMarked
package dev.hawser.gateway.proxyprotocol;

import org.jspecify.annotations.NullMarked;
