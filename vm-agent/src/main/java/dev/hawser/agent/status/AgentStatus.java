package dev.hawser.agent.status;

import dev.hawser.agent.health.Health;
import dev.hawser.agent.lease.LeaseStatus;
import dev.hawser.host.identity.IdentityStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the agent knows about itself.
 *
 * @param running null if it does not run: then only what is on disk is known
 */
public record AgentStatus(
    String name,
    String cluster,
    String identity,
    Instant certificateExpires,
    List<String> services,
    @Nullable Running running) {

  /**
   * What only a running agent knows.
   *
   * @param controlPlane null if the agent runs without its proxy, as is {@code proxy}
   */
  public record Running(
      long pid,
      Instant started,
      IdentityStatus identity,
      @Nullable ControlPlane controlPlane,
      @Nullable ProxyView proxy,
      LeaseStatus lease,
      List<Health> health) {}

  /**
   * The configuration stream.
   *
   * @param silentSeconds since a control plane was last heard; -1 if never since the start
   * @param nacks configuration that the proxy refused, with the reasons
   */
  public record ControlPlane(
      boolean connected, String address, long silentSeconds, List<String> nacks) {}

  /** The embedded proxy. */
  public record ProxyView(boolean ready, boolean draining, int connections) {}
}
