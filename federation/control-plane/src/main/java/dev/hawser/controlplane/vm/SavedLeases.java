package dev.hawser.controlplane.vm;

import java.util.List;

/** What survives a restart. */
record SavedLeases(List<HeldLease> leases, List<KnownService> services) {
  SavedLeases {
    leases = List.copyOf(leases);
    services = List.copyOf(services);
  }
}
