package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.ClusterStatus;
import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.model.PeerState;
import dev.hawser.controlplane.snapshot.MeshSnapshot;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an operator alarms on, as metrics: registries that are held or stale, members that are not
 * LIVE, proxies that refuse their configuration, certificates that end.
 */
public final class MeshMetrics {
  private final AdminParts parts;
  private final MultiGauge registries;
  private final MultiGauge members;
  private final MultiGauge proxies;
  private final MultiGauge refusing;

  public MeshMetrics(AdminParts parts, MeterRegistry metrics) {
    this.parts = parts;
    registries =
        MultiGauge.builder("hawser.registry.state")
            .description("1 for the state that the registry is in")
            .register(metrics);
    members =
        MultiGauge.builder("hawser.member.state")
            .description("1 for the state that the other cluster is in")
            .register(metrics);
    proxies =
        MultiGauge.builder("hawser.proxies.connected")
            .description("Clients of the configuration stream")
            .register(metrics);
    refusing =
        MultiGauge.builder("hawser.proxies.refusing")
            .description("Clients whose last answer was a refusal")
            .register(metrics);
    Gauge.builder("hawser.services", this, MeshMetrics::services)
        .description("Services that may be called from here")
        .register(metrics);
    Gauge.builder("hawser.intermediate.expiry", this, MeshMetrics::secondsOfIntermediate)
        .description("Until the cluster's intermediate certificate ends")
        .baseUnit("seconds")
        .register(metrics);
    Gauge.builder("hawser.own.identity.expiry", this, MeshMetrics::secondsOfIdentity)
        .description("Until the control plane's own certificate ends")
        .baseUnit("seconds")
        .register(metrics);
  }

  /** Looks at everything whose labels come and go. Called every few seconds; blocks shortly. */
  public void update() {
    List<MultiGauge.Row<?>> states = new ArrayList<>();
    parts
        .registries()
        .status()
        .forEach(status ->
            states.add(
                MultiGauge.Row.of(
                    Tags.of("source", status.source(), "state", status.condition().name()), 1)));
    registries.register(states, true);
    List<MultiGauge.Row<?>> peers = new ArrayList<>();
    for (FederationStatus.Member member : parts.federation().status(List.of()).members()) {
      for (PeerState state : PeerState.values()) {
        peers.add(
            MultiGauge.Row.of(
                Tags.of("cluster", member.cluster(), "state", state.name()),
                member.state() == state ? 1 : 0));
      }
    }
    members.register(peers, true);
    Map<String, Integer> connected = new TreeMap<>();
    Map<String, Integer> refusals = new TreeMap<>();
    for (ClusterStatus.ProxyStatus proxy : parts.proxies().proxies()) {
      connected.merge(proxy.kind(), 1, Integer::sum);
      refusals.merge(proxy.kind(), proxy.nack().isEmpty() ? 0 : 1, Integer::sum);
    }
    proxies.register(rows(connected), true);
    refusing.register(rows(refusals), true);
  }

  private static List<MultiGauge.Row<?>> rows(Map<String, Integer> byKind) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    byKind.forEach((kind, count) -> rows.add(MultiGauge.Row.of(Tags.of("kind", kind), count)));
    return rows;
  }

  private double services() {
    return parts.snapshots().current().map(MeshSnapshot::services).map(Map::size).orElse(0);
  }

  private double secondsOfIntermediate() {
    return secondsTo(parts.trust().authority().intermediate().getNotAfter().toInstant());
  }

  private double secondsOfIdentity() {
    return secondsTo(parts.trust().svid().notAfter());
  }

  private double secondsTo(Instant end) {
    return Duration.between(parts.clock().instant(), end).toSeconds();
  }
}
