package dev.hawser.controlplane.vm;

import dev.hawser.controlplane.enroll.VmLease;
import java.time.Instant;

/**
 * A lease that lives.
 *
 * @param since when the VM was first heard at this address
 * @param deadline when it ends if nothing more is heard
 */
record HeldLease(VmLease lease, Instant since, Instant deadline) {
  /** Returns what tells this VM from others, also from those with the same identity. */
  String key() {
    return key(lease);
  }

  static String key(VmLease lease) {
    return lease.identity() + "|" + lease.host() + "|" + lease.address();
  }

  HeldLease until(Instant later) {
    return new HeldLease(lease, since, later);
  }
}
