/**
 * Headers of the PROXY protocol, honest ones and others.
 *
 * <p>Starting point: {@link dev.hawser.gateway.proxyprotocol.ProxyHeaderTest}.
 */
@NullMarked
package dev.hawser.gateway.proxyprotocol;

import org.jspecify.annotations.NullMarked;
