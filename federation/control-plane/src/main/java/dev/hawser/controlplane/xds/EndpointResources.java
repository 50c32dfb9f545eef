package dev.hawser.controlplane.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Locality;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.api.naming.SniName;
import dev.hawser.controlplane.policy.DestinationRule;
import dev.hawser.controlplane.policy.DestinationRule.LocalityBalancing;
import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteExport;
import dev.hawser.controlplane.snapshot.RemoteGateway;
import dev.hawser.controlplane.snapshot.RemoteSlot;
import dev.hawser.controlplane.snapshot.SlotAssignment;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The endpoints of one service as a client sees them. A remote slot is an endpoint at each gateway
 * of its cluster, told apart by its SNI; Envoy and gRPC know hosts by address alone, so they get
 * one endpoint per gateway under the service's own SNI.
 */
final class EndpointResources {
  private final LocalCluster local;
  private final MeshService service;
  private final Map<String, RemoteCluster> remotes;
  private final LocalityBalancing localities;

  EndpointResources(
      LocalCluster local,
      MeshService service,
      Map<String, RemoteCluster> remotes,
      Optional<DestinationRule> rule) {
    this.local = local;
    this.service = service;
    this.remotes = remotes;
    this.localities = rule.map(DestinationRule::localities).orElse(LocalityBalancing.NONE);
  }

  /** Whether clients of different places get different endpoints. */
  static boolean dependsOnPlace(Optional<DestinationRule> rule) {
    return rule.map(found -> !found.localities().equals(LocalityBalancing.NONE)).orElse(false);
  }

  ClusterLoadAssignment assignment(String name, int port, Vantage vantage) {
    List<Candidate> candidates = new ArrayList<>();
    ownCandidates(port, vantage, candidates);
    for (RemoteExport export : service.remote()) {
      RemoteCluster remote = remotes.get(export.cluster());
      if (remote != null && remote.serves() && offers(export, port)) {
        remoteCandidates(export, remote, port, vantage, candidates);
      }
    }
    FailoverOrder order = new FailoverOrder(vantage.locality(), localities);
    boolean bySlot = vantage.kind() == ProxyKind.SIDECAR;
    List<String> clusters = bySlot ? clusters() : List.of();
    boolean weighted = order.sharesByPlace() || vantage.kind() == ProxyKind.GRPC;
    ClusterLoadAssignment.Builder assignment =
        ClusterLoadAssignment.newBuilder().setClusterName(name);
    Set<String> addresses = new HashSet<>();
    for (FailoverOrder.Group group : order.groups(candidates, clusters, local.name().name())) {
      LocalityLbEndpoints.Builder place =
          LocalityLbEndpoints.newBuilder()
              .setPriority(group.priority())
              .setLocality(locality(group.locality()));
      if (weighted) {
        place.setLoadBalancingWeight(Wire.u32((int) Math.min(group.weight(), Integer.MAX_VALUE)));
      }
      for (Candidate candidate : group.candidates()) {
        for (LbEndpoint way : candidate.ways()) {
          if (bySlot || addresses.add(way.getEndpoint().getAddress().toString())) {
            place.addLbEndpoints(way);
          }
        }
      }
      if (place.getLbEndpointsCount() > 0 || bySlot) {
        assignment.addEndpoints(place);
      }
    }
    return assignment.build();
  }

  /** The own cluster first, and every other that exports the service, dead or not. */
  private List<String> clusters() {
    Set<String> clusters = new TreeSet<>();
    clusters.add(local.name().name());
    service.remote().forEach(export -> clusters.add(export.cluster()));
    return List.copyOf(clusters);
  }

  private void ownCandidates(int port, Vantage vantage, List<Candidate> candidates) {
    for (MeshEndpoint meshed : service.local()) {
      if (!meshed.meshed() || !meshed.ports().contains(port)) {
        continue;
      }
      Endpoint endpoint = meshed.endpoint();
      List<LbEndpoint> ways =
          endpoint.network().equals(vantage.network())
              ? List.of(direct(meshed, port))
              : throughOwnGateways(meshed, port, vantage);
      if (!ways.isEmpty()) {
        candidates.add(
            new Candidate(local.name().name(), true, endpoint.locality(), endpoint.weight(), ways));
      }
    }
  }

  private LbEndpoint direct(MeshEndpoint meshed, int port) {
    Endpoint endpoint = meshed.endpoint();
    Struct.Builder facts = facts(local.name().name(), false);
    facts.putFields("workload", text(endpoint.provenance().owner()));
    return way(
        new SocketPlace(endpoint.address(), meshed.inboundPort()),
        SniName.ofService(port, service.name(), local.name()).encode(),
        endpoint.weight(),
        endpoint.ready(),
        facts);
  }

  /** Another network of the same cluster: its slots are behind the cluster's own gateways. */
  private List<LbEndpoint> throughOwnGateways(MeshEndpoint meshed, int port, Vantage vantage) {
    Optional<SlotAssignment> slot = meshed.slot().filter(assigned -> !assigned.draining());
    if (slot.isEmpty() || !meshed.exposure().isExported()) {
      return List.of();
    }
    List<RemoteGateway> gateways =
        local.gateways().stream().map(address -> new RemoteGateway(address, true)).toList();
    Slot place = new Slot(slot.get().slot(), slot.get().generation(), meshed.endpoint().weight());
    return ways(local.name(), gateways, vantage, port, place, meshed.endpoint().ready());
  }

  private void remoteCandidates(
      RemoteExport export,
      RemoteCluster remote,
      int port,
      Vantage vantage,
      List<Candidate> candidates) {
    ClusterName cluster = new ClusterName(remote.name(), local.name().meshDomain());
    if (vantage.kind() == ProxyKind.SIDECAR) {
      for (RemoteSlot slot : export.slots()) {
        Slot place = new Slot(slot.number(), slot.generation(), slot.weight());
        add(
            candidates,
            new Candidate(
                remote.name(),
                false,
                slot.locality(),
                slot.weight(),
                ways(cluster, remote.gateways(), vantage, port, place, true)));
      }
    } else if (!export.slots().isEmpty()) {
      int weight = export.slots().stream().mapToInt(RemoteSlot::weight).sum();
      Slot whole = new Slot(-1, 0, weight);
      add(
          candidates,
          new Candidate(
              remote.name(),
              false,
              commonPlace(export.slots(), remote.name()),
              weight,
              ways(cluster, remote.gateways(), vantage, port, whole, true)));
    }
  }

  private static void add(List<Candidate> candidates, Candidate candidate) {
    if (!candidate.ways().isEmpty()) {
      candidates.add(candidate);
    }
  }

  /** A slot's number, generation and weight; number -1 for all slots of a service together. */
  private record Slot(int number, long generation, int weight) {}

  private List<LbEndpoint> ways(
      ClusterName cluster,
      List<RemoteGateway> gateways,
      Vantage vantage,
      int port,
      Slot place,
      boolean ready) {
    List<LbEndpoint> ways = new ArrayList<>();
    boolean bySlot = vantage.kind() == ProxyKind.SIDECAR;
    for (RemoteGateway gateway : gateways) {
      SocketPlace address = SocketPlace.parse("gateway of " + cluster.name(), gateway.address());
      if (!bySlot && !address.isLiteral()) {
        // Envoy refuses a name in an endpoint's address, and with it the whole assignment.
        continue;
      }
      Struct.Builder facts = facts(cluster.name(), true);
      SniName sni = SniName.ofService(port, service.name(), cluster);
      if (bySlot) {
        sni = SniName.ofSlot(place.number(), port, service.name(), cluster);
        facts.putFields("slot", number(place.number()));
        facts.putFields("generation", number(place.generation()));
      }
      ways.add(way(address, sni.encode(), place.weight(), ready && gateway.answering(), facts));
    }
    return ways;
  }

  private static LbEndpoint way(
      SocketPlace address, String sni, int weight, boolean healthy, Struct.Builder facts) {
    return LbEndpoint.newBuilder()
        .setEndpoint(
            io.envoyproxy.envoy.config.endpoint.v3.Endpoint.newBuilder()
                .setAddress(address.address())
                .setHostname(sni))
        .setHealthStatus(healthy ? HealthStatus.HEALTHY : HealthStatus.UNHEALTHY)
        .setLoadBalancingWeight(Wire.u32(weight))
        .setMetadata(Metadata.newBuilder().putFilterMetadata("hawser", facts.build()))
        .build();
  }

  private static boolean offers(RemoteExport export, int port) {
    return export.ports().stream().anyMatch(offered -> offered.number() == port);
  }

  /** The region that all slots share; else the cluster stands for its own place. */
  private static Locality commonPlace(List<RemoteSlot> slots, String cluster) {
    Locality first = slots.getFirst().locality();
    if (slots.stream().allMatch(slot -> slot.locality().equals(first))) {
      return first;
    }
    boolean sameRegion =
        slots.stream().allMatch(slot -> slot.locality().region().equals(first.region()));
    return new Locality(sameRegion ? first.region() : cluster, "", "");
  }

  static io.envoyproxy.envoy.config.core.v3.Locality locality(Locality place) {
    return io.envoyproxy.envoy.config.core.v3.Locality.newBuilder()
        .setRegion(place.region())
        .setZone(place.zone())
        .setSubZone(place.subzone())
        .build();
  }

  static Struct.Builder facts(String cluster, boolean gateway) {
    return Struct.newBuilder()
        .putFields("cluster", text(cluster))
        .putFields("gateway", Value.newBuilder().setBoolValue(gateway).build());
  }

  static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  static Value number(long value) {
    return Value.newBuilder().setNumberValue((double) value).build();
  }

  /** Returns the name that a cluster and its endpoints have, {@code orders.shop:8080}. */
  static String name(ServiceName service, int port) {
    return service + ":" + port;
  }
}
