package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.ClusterStatus;
import dev.hawser.api.admin.EndpointView;
import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.admin.ServiceView;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.PeerState;
import dev.hawser.api.model.Provenance;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.registry.Hold;
import dev.hawser.controlplane.registry.Rejected;
import dev.hawser.controlplane.registry.SourceStatus;
import dev.hawser.controlplane.snapshot.Condition;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.controlplane.snapshot.MeshService;
import dev.hawser.controlplane.snapshot.MeshSnapshot;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteExport;
import dev.hawser.controlplane.snapshot.RemoteGateway;
import dev.hawser.controlplane.snapshot.RemoteSlot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** From the mesh's own records to what the administration shows. */
final class StatusViews {
  private StatusViews() {}

  static ClusterStatus.RegistryStatus registry(SourceStatus status) {
    return new ClusterStatus.RegistryStatus(
        status.source(),
        label(status.kind()),
        status.condition().name(),
        status.detail(),
        status.services(),
        status.endpoints(),
        status.rejected().stream().map(Rejected::toString).toList(),
        status.updated());
  }

  static ServiceView service(MeshService service) {
    Set<String> sources = new TreeSet<>();
    service.local().forEach(e -> sources.add(e.endpoint().provenance().source()));
    service.remote().forEach(export -> sources.add("cluster " + export.cluster()));
    return new ServiceView(
        service.name().toString(),
        service.ports().stream()
            .map(port -> port.number() + "/" + port.protocol().wireName())
            .toList(),
        exposure(service.exposure()),
        service.local().size(),
        service.remote().stream().mapToInt(export -> export.slots().size()).sum(),
        List.copyOf(sources),
        service.conditions().stream().map(StatusViews::sentence).toList());
  }

  /** Returns what is decided about names that two owners claim. */
  static List<FederationStatus.Conflict> conflicts(MeshSnapshot snapshot) {
    return snapshot.conditions().stream()
        .filter(condition ->
            switch (condition.kind()) {
              case NAME_CONFLICT,
                  INTERNAL_NAME,
                  FOREIGN_IDENTITY,
                  PORT_CONFLICT,
                  EXPOSURE_CONFLICT ->
                  true;
              case NO_PROXY, DUPLICATE_ADDRESS, UNUSABLE_ENDPOINT, POLICY_WITHOUT_EFFECT -> false;
            })
        .map(condition ->
            new FederationStatus.Conflict(
                condition.service().toString(), condition.kind().label(), condition.detail()))
        .toList();
  }

  static List<EndpointView> endpoints(
      MeshSnapshot snapshot,
      @Nullable ServiceName only,
      List<Hold> holds,
      List<SourceStatus> sources,
      Instant now) {
    Set<String> stale =
        sources.stream()
            .filter(status -> status.condition() == SourceStatus.Condition.STALE)
            .map(SourceStatus::source)
            .collect(Collectors.toSet());
    List<EndpointView> views = new ArrayList<>();
    for (MeshService service : snapshot.services().values()) {
      if (only == null || service.name().equals(only)) {
        for (MeshEndpoint endpoint : service.local()) {
          views.add(local(service.name(), endpoint, health(endpoint, holds, stale), now));
        }
        for (RemoteExport export : service.remote()) {
          export.slots().forEach(slot -> views.add(remote(snapshot, export, slot, now)));
        }
      }
    }
    return List.copyOf(views);
  }

  private static EndpointView local(
      ServiceName service, MeshEndpoint endpoint, String health, Instant now) {
    Provenance from = endpoint.endpoint().provenance();
    return new EndpointView(
        service.toString(),
        endpoint.endpoint().address(),
        endpoint.slot().map(slot -> slot.slot()).orElse(-1),
        from.cluster(),
        label(from.registry()),
        from.source(),
        from.owner(),
        endpoint.endpoint().locality().toString(),
        endpoint.spiffeId(),
        health,
        endpoint.meshed(),
        from.since(),
        age(from.since(), now));
  }

  private static String health(MeshEndpoint endpoint, List<Hold> holds, Set<String> stale) {
    if (!endpoint.endpoint().ready()) {
      return "unhealthy";
    }
    if (!endpoint.meshed()) {
      return "no-proxy";
    }
    String source = endpoint.endpoint().provenance().source();
    boolean held =
        holds.stream()
            .anyMatch(hold -> hold.source().equals(source) && hold.holds(endpoint.endpoint()));
    if (held) {
      return "held";
    }
    return stale.contains(source) ? "stale" : "healthy";
  }

  private static EndpointView remote(
      MeshSnapshot snapshot, RemoteExport export, RemoteSlot slot, Instant now) {
    @Nullable RemoteCluster cluster = snapshot.remotes().get(export.cluster());
    PeerState state = cluster == null ? PeerState.DEAD : cluster.state();
    String gateways =
        cluster == null
            ? ""
            : cluster.gateways().stream()
                .map(RemoteGateway::address)
                .collect(Collectors.joining(","));
    String health =
        switch (state) {
          case LIVE -> "healthy";
          case CONTROL_LOST -> "stale";
          case DEAD -> "unhealthy";
        };
    return new EndpointView(
        export.service().toString(),
        gateways,
        slot.number(),
        export.cluster(),
        label(Provenance.Registry.PEER),
        "cluster " + export.cluster(),
        "slot " + slot.number() + ", generation " + slot.generation(),
        slot.locality().toString(),
        String.join(",", export.identities()),
        health,
        true,
        export.since(),
        age(export.since(), now));
  }

  static String exposure(Exposure exposure) {
    return switch (exposure) {
      case Exposure.Private _ -> "private";
      case Exposure.Everyone _ -> "everyone";
      case Exposure.Only(var clusters) -> String.join(",", new TreeSet<>(clusters));
    };
  }

  static String sentence(Condition condition) {
    return condition.kind().label() + ": " + condition.detail();
  }

  private static String label(Provenance.Registry kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static long age(Instant since, Instant now) {
    return Math.max(0, Duration.between(since, now).toSeconds());
  }
}
