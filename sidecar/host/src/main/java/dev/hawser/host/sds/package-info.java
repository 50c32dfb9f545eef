/**
 * Hands the workload's key and the trust bundles to a stock Envoy on the same host, over a Unix
 * socket.
 *
 * <p>Starting points: {@link dev.hawser.host.sds.SecretServer}.
 */
@NullMarked
package dev.hawser.host.sds;

import org.jspecify.annotations.NullMarked;
