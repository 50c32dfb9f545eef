package dev.hawser.agent.run;

import dev.hawser.agent.health.HealthMonitor;
import dev.hawser.agent.lease.LeaseKeeper;
import dev.hawser.agent.status.AgentStatus;
import dev.hawser.engine.xds.AdsStatus;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.proxy.boot.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers what the parts say. */
final class Statuses {
  private Statuses() {}

  /** Returns null while the agent is still starting. */
  static AgentStatus.@Nullable Running running(
      Instant started,
      IdentityClient identity,
      @Nullable Proxy proxy,
      @Nullable LeaseKeeper lease,
      @Nullable HealthMonitor health) {
    if (lease == null || health == null) {
      return null;
    }
    Proxy.Status view = proxy == null ? null : proxy.status();
    return new AgentStatus.Running(
        ProcessHandle.current().pid(),
        started,
        identity.status(),
        view == null ? null : controlPlane(view.controlPlane()),
        view == null
            ? null
            : new AgentStatus.ProxyView(view.ready(), view.draining(), view.connections()),
        lease.status(),
        health.current());
  }

  private static AgentStatus.ControlPlane controlPlane(AdsStatus ads) {
    List<String> nacks =
        ads.types().values().stream().map(AdsStatus.Type::nack).filter(n -> !n.isEmpty()).toList();
    return new AgentStatus.ControlPlane(
        ads.connected(),
        ads.address(),
        ads.contactAge().map(Duration::toSeconds).orElse(-1L),
        nacks);
  }
}
