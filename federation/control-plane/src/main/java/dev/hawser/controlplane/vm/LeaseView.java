package dev.hawser.controlplane.vm;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.Service;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.enroll.GrantedService;
import dev.hawser.controlplane.enroll.VmLease;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.Rejected;
import dev.hawser.controlplane.registry.Site;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What leases mean as services. VMs that bring the same service must agree on its ports: the oldest
 * lease counts, and the others are rejected for that service. Where they export differently, what
 * all of them allow is allowed, so that no token widens another's.
 */
record LeaseView(Site site) {
  RegistryState state(
      Collection<HeldLease> leases,
      Collection<KnownService> known,
      boolean resynced,
      Instant observed) {
    List<HeldLease> oldestFirst = new ArrayList<>(leases);
    oldestFirst.sort(Comparator.comparing(HeldLease::since).thenComparing(HeldLease::key));
    Map<ServiceName, Instant> created = new TreeMap<>();
    known.forEach(it -> created.put(it.service().name(), it.created()));
    Map<ServiceName, Service> services = new TreeMap<>();
    List<Rejected> rejected = new ArrayList<>();
    for (HeldLease lease : oldestFirst) {
      for (GrantedService granted : lease.lease().services()) {
        Service before = services.get(granted.name());
        if (!inNamespaceOf(lease, granted)) {
          rejected.add(foreignNamespace(lease, granted));
          continue;
        }
        if (before != null && !before.ports().equals(granted.ports())) {
          rejected.add(otherPorts(lease, granted, before));
          continue;
        }
        Instant since = created.getOrDefault(granted.name(), lease.since());
        services.put(granted.name(), with(before, lease, granted, since));
      }
    }
    for (KnownService it : known) {
      services.computeIfAbsent(it.service().name(), _ -> unserved(it));
    }
    return new RegistryState(
        VmLeaseRegistry.SOURCE,
        Provenance.Registry.VM,
        List.copyOf(services.values()),
        rejected,
        resynced,
        observed);
  }

  private Service with(
      @Nullable Service before, HeldLease lease, GrantedService granted, Instant created) {
    List<Endpoint> endpoints = new ArrayList<>(before == null ? List.of() : before.endpoints());
    endpoints.add(endpoint(lease, granted));
    Exposure exposure =
        before == null ? granted.exposure() : before.exposure().and(granted.exposure());
    return new Service(granted.name(), granted.ports(), endpoints, List.of(), exposure, created);
  }

  private Endpoint endpoint(HeldLease held, GrantedService granted) {
    VmLease lease = held.lease();
    Locality locality =
        lease.locality().equals(Locality.UNKNOWN) ? site.locality() : lease.locality();
    return new Endpoint(
        granted.name() + "/" + held.key(),
        lease.address(),
        granted.targetPorts(),
        site.network(),
        locality,
        lease.healthy().getOrDefault(granted.name(), true),
        lease.identity().serviceAccount().orElse(granted.name().name()),
        1,
        Map.of(),
        new Provenance(
            Provenance.Registry.VM,
            VmLeaseRegistry.SOURCE,
            site.cluster(),
            lease.host(),
            held.since()));
  }

  private static Service unserved(KnownService known) {
    GrantedService service = known.service();
    return new Service(
        service.name(), service.ports(), List.of(), List.of(), service.exposure(), known.created());
  }

  /** An endpoint's identity is a service account of its service's namespace. */
  private static boolean inNamespaceOf(HeldLease lease, GrantedService granted) {
    return lease
        .lease()
        .identity()
        .namespace()
        .map(granted.name().namespace()::equals)
        .orElse(false);
  }

  private static Rejected foreignNamespace(HeldLease lease, GrantedService granted) {
    return new Rejected(
        "VM " + lease.lease().host(),
        "service "
            + granted.name()
            + ": another namespace than that of "
            + lease.lease().identity()
            + " (expected: the same)");
  }

  private static Rejected otherPorts(HeldLease lease, GrantedService granted, Service before) {
    return new Rejected(
        "VM " + lease.lease().host(),
        "ports of "
            + granted.name()
            + ": "
            + shown(granted.ports())
            + " (expected: "
            + shown(before.ports())
            + ", as the VM before brings it)");
  }

  private static String shown(List<ServicePort> ports) {
    return ports.stream()
        .map(port -> port.number() + "/" + port.protocol().wireName())
        .toList()
        .toString();
  }
}
