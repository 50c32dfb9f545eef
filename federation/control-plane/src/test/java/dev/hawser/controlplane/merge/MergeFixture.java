package dev.hawser.controlplane.merge;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.PeerState;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.Service;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.snapshot.Condition;
import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;
import dev.hawser.controlplane.snapshot.MeshSnapshot;
import dev.hawser.controlplane.snapshot.MeshTrust;
import dev.hawser.controlplane.snapshot.Present;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteExport;
import dev.hawser.controlplane.snapshot.RemoteGateway;
import dev.hawser.controlplane.snapshot.RemoteSlot;
import dev.hawser.controlplane.snapshot.SlotAssignment;
import dev.hawser.trust.bundle.TrustBundles;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reports of registries and peers to merge, and short words for them. */
class MergeFixture {
  static final Instant OLD = Instant.parse("2026-01-01T00:00:00Z");
  static final Instant NEW = Instant.parse("2026-06-01T00:00:00Z");
  static final ServiceName ORDERS = ServiceName.parse("orders.shop");
  static final String ORDERS_ID = "spiffe://east.mesh.internal/ns/shop/sa/orders";
  static final String WEST_ID = "spiffe://west.mesh.internal/ns/shop/sa/orders";
  static final ServicePort HTTP = new ServicePort("http", 8080, Protocol.HTTP);
  static final ServicePort TCP = new ServicePort("tcp", 8080, Protocol.TCP);

  final List<RegistryState> sources = new ArrayList<>();
  final List<Present> present = new ArrayList<>();
  final List<RemoteCluster> remotes = new ArrayList<>(List.of(remote("west", PeerState.LIVE)));
  final List<RemoteExport> exports = new ArrayList<>();
  final List<SlotAssignment> slots = new ArrayList<>();

  MeshSnapshot snapshot() {
    return SnapshotMerger.merge(
        new MergeInput(
            new LocalCluster(
                new ClusterName("east", "mesh.internal"),
                "east",
                Locality.UNKNOWN,
                "default",
                List.of(),
                List.of()),
            sources,
            present,
            remotes,
            exports,
            slots,
            List.of(),
            MeshTrust.of(TrustBundles.empty())));
  }

  MeshService merged() {
    return snapshot().service(ORDERS).orElseThrow();
  }

  void source(String source, Service service) {
    sources.add(
        new RegistryState(
            source, Provenance.Registry.FILE, List.of(service), List.of(), false, NEW));
  }

  static Service service(
      ServiceName name,
      Instant created,
      Exposure exposure,
      ServicePort port,
      Endpoint... endpoints) {
    return new Service(name, List.of(port), List.of(endpoints), List.of(), exposure, created);
  }

  static Endpoint endpoint(String source, String address) {
    return endpoint(Provenance.Registry.FILE, source, address);
  }

  static Endpoint endpoint(Provenance.Registry kind, String source, String address) {
    return new Endpoint(
        address,
        address,
        Map.of(),
        "east",
        Locality.UNKNOWN,
        true,
        "orders",
        1,
        Map.of(),
        new Provenance(kind, source, "east", "owner", OLD));
  }

  static RemoteCluster remote(String name, PeerState state) {
    return remote(name, state, NEW);
  }

  static RemoteCluster remote(String name, PeerState state, Instant heard) {
    return new RemoteCluster(
        name,
        name + ".mesh.internal",
        List.of(new RemoteGateway("192.0.2.1:15443", true)),
        state,
        heard);
  }

  static RemoteExport export(
      String cluster, ServiceName name, ServicePort port, Instant since, String... identities) {
    return new RemoteExport(
        cluster,
        name,
        List.of(port),
        List.of(new RemoteSlot(0, 1, Locality.UNKNOWN, 1)),
        List.of(identities),
        since);
  }

  static MeshEndpoint at(MeshService service, String address) {
    return service.local().stream()
        .filter(endpoint -> endpoint.endpoint().address().equals(address))
        .findFirst()
        .orElseThrow();
  }

  static Set<Condition.Kind> kinds(MeshService service) {
    return new java.util.TreeSet<>(
        service.conditions().stream()
            .map(Condition::kind)
            .filter(kind ->
                kind != Condition.Kind.NO_PROXY
                    || service.local().stream().anyMatch(MeshEndpoint::meshed))
            .toList());
  }
}
