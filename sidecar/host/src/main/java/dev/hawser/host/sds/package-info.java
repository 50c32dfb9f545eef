/**
 * Serves a stock Envoy or a gRPC client on the same host over a Unix socket: the workload's key and
 * the trust bundles, and the way to the control plane's discovery service.
 *
 * <p>Starting points: {@link dev.hawser.host.sds.SecretServer}.
 */
@NullMarked
package dev.hawser.host.sds;

import org.jspecify.annotations.NullMarked;
