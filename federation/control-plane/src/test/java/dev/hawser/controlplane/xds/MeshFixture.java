package dev.hawser.controlplane.xds;

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
import dev.hawser.controlplane.merge.MergeInput;
import dev.hawser.controlplane.merge.SnapshotMerger;
import dev.hawser.controlplane.policy.Policy;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.snapshot.LocalCluster;
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

/**
 * A mesh of cluster east with peers west (two gateways) and north (exports nothing), to be changed
 * by each test before it is merged.
 */
final class MeshFixture {
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  static final ServiceName ORDERS = ServiceName.parse("orders.shop");
  static final ServiceName PAYMENTS = ServiceName.parse("payments.shop");
  static final ServiceName LEDGER = ServiceName.parse("ledger.shop");
  static final ServiceName GREETER = ServiceName.parse("greeter.shop");
  static final ServiceName WEB = ServiceName.parse("web.shop");

  final List<Service> services = new ArrayList<>();
  final List<Present> present = new ArrayList<>();
  final List<RemoteCluster> remotes = new ArrayList<>();
  final List<RemoteExport> exports = new ArrayList<>();
  final List<SlotAssignment> slots = new ArrayList<>();
  final List<Policy> policies = new ArrayList<>();
  MeshTrust trust = MeshTrust.of(TrustBundles.empty());
  LocalCluster local =
      new LocalCluster(
          new ClusterName("east", "mesh.internal"),
          "east",
          Locality.parse("east"),
          "default",
          List.of("127.1.0.2:15443"),
          List.of("127.1.0.1:15012"));

  /** orders here and in west, payments in west alone, ledger (TCP) and greeter (gRPC) here. */
  static MeshFixture standard() {
    MeshFixture mesh = new MeshFixture();
    mesh.add(
        ORDERS,
        port(8080, Protocol.HTTP),
        Exposure.everyone(),
        "east/a:127.1.1.1",
        "east/b:127.1.1.2");
    mesh.add(
        LEDGER,
        port(5432, Protocol.TCP),
        new Exposure.Only(java.util.Set.of("west")),
        "east/a:127.1.1.3");
    mesh.add(GREETER, port(9000, Protocol.GRPC), Exposure.hidden(), "east/a:127.1.1.4");
    mesh.add(WEB, port(80, Protocol.HTTP), Exposure.hidden(), "east/a:127.1.0.10");
    mesh.slots.add(new SlotAssignment(ORDERS, 0, 1, "file/orders-127.1.1.1", false));
    mesh.slots.add(new SlotAssignment(ORDERS, 1, 4, "file/orders-127.1.1.2", false));
    mesh.slots.add(new SlotAssignment(LEDGER, 0, 1, "file/ledger-127.1.1.3", false));
    mesh.remote("west", "127.2.0.2:15443", "127.2.0.3:15443");
    mesh.remote("north", "127.3.0.2:15443");
    mesh.export("west", ORDERS, port(8080, Protocol.HTTP), 0, 3);
    mesh.export("west", PAYMENTS, port(8080, Protocol.HTTP), 0);
    return mesh;
  }

  static ServicePort port(int number, Protocol protocol) {
    return new ServicePort(protocol.wireName(), number, protocol);
  }

  /**
   * Adds a service with meshed endpoints.
   *
   * @param places each {@code locality:address}
   */
  void add(ServiceName name, ServicePort port, Exposure exposure, String... places) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (String place : places) {
      String[] parts = place.split(":", 2);
      endpoints.add(endpoint(name, parts[1], Locality.parse(parts[0])));
      present.add(new Present(parts[1], identity("east", name), 15006));
    }
    services.add(new Service(name, List.of(port), endpoints, List.of(), exposure, NOW));
  }

  static Endpoint endpoint(ServiceName name, String address, Locality locality) {
    return new Endpoint(
        name.name() + "-" + address,
        address,
        Map.of(8080, 9000),
        "east",
        locality,
        true,
        name.name(),
        1,
        Map.of(),
        new Provenance(
            Provenance.Registry.FILE, "file", "east", "orders.yaml", NOW.minusSeconds(60)));
  }

  void remote(String name, String... gateways) {
    remotes.removeIf(remote -> remote.name().equals(name));
    remotes.add(
        new RemoteCluster(
            name,
            name + ".mesh.internal",
            java.util.Arrays.stream(gateways)
                .map(address -> new RemoteGateway(address, true))
                .toList(),
            PeerState.LIVE,
            NOW));
  }

  void export(String cluster, ServiceName name, ServicePort port, int... numbers) {
    exports.removeIf(it -> it.cluster().equals(cluster) && it.service().equals(name));
    List<RemoteSlot> offered = new ArrayList<>();
    for (int number : numbers) {
      offered.add(new RemoteSlot(number, 1, Locality.parse(cluster + "/a"), 1));
    }
    exports.add(
        new RemoteExport(
            cluster, name, List.of(port), offered, List.of(identity(cluster, name)), NOW));
  }

  static String identity(String cluster, ServiceName name) {
    return "spiffe://" + cluster + ".mesh.internal/ns/" + name.namespace() + "/sa/" + name.name();
  }

  MeshSnapshot snapshot() {
    return SnapshotMerger.merge(
        new MergeInput(
            local,
            List.of(
                new RegistryState(
                    "file", Provenance.Registry.FILE, services, List.of(), false, NOW)),
            present,
            remotes,
            exports,
            slots,
            policies,
            trust));
  }
}
