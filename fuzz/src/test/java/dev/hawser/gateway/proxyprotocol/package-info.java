/**
 * Headers of the PROXY protocol, fuzzed.
 *
 * <p>Starting point: {@link dev.hawser.gateway.proxyprotocol.HeaderFuzz}.
 */
@NullMarked
package dev.hawser.gateway.proxyprotocol;

import org.jspecify.annotations.NullMarked;
