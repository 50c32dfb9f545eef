package dev.hawser.controlplane.enroll;

import java.time.Duration;

/** Where leases of VMs go; thread-safe. */
public interface LeaseSink {
  /**
   * Begins or renews a lease.
   *
   * @return how long it lives from now
   * @throws IllegalArgumentException if its address or host cannot be used; nothing is renewed
   */
  Duration renew(VmLease lease);

  /** Ends a lease at once: an orderly stop. A lease that is not known is none to end. */
  void end(VmLease lease);
}
