/**
 * The lease against a control plane's side of it: real gRPC over TLS. Start at {@link
 * dev.hawser.agent.lease.LeaseKeeperTest}.
 */
@NullMarked
package dev.hawser.agent.lease;

import org.jspecify.annotations.NullMarked;
