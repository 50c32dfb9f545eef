/**
 * Keeps the lease by which the mesh knows this machine.
 *
 * <p>Starting points: {@link dev.hawser.agent.lease.LeaseKeeper}.
 */
@NullMarked
package dev.hawser.agent.lease;

import org.jspecify.annotations.NullMarked;
