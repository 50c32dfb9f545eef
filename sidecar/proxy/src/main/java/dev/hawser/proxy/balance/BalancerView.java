package dev.hawser.proxy.balance;

import dev.hawser.proxy.model.EndpointConfig;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How a balancer stands, for {@code /clusters}.
 *
 * @param known whether endpoints have been told
 */
public record BalancerView(boolean known, List<Share> shares, List<EndpointView> endpoints) {
  /** What share of the requests a priority gets. */
  public record Share(int priority, boolean degraded, boolean panic, double percent) {}

  /**
   * One endpoint.
   *
   * @param state serving, ramping, recovering, ejected, suspect, failing (an active check) or
   *     unhealthy
   * @param detail why it is not serving, maybe empty
   * @param stateSeconds since the state began; 0 for serving
   * @param factor of its weight that it takes now
   */
  public record EndpointView(
      String address,
      String serverName,
      String cluster,
      String workload,
      String locality,
      int priority,
      int weight,
      String health,
      String state,
      String detail,
      long stateSeconds,
      double factor,
      int ejections,
      int active,
      long requests,
      long failures) {}

  static EndpointView of(Endpoint endpoint, long now) {
    EndpointConfig config = endpoint.config();
    Condition.State path = endpoint.path().condition().state();
    Condition.State instance = endpoint.instance().condition().state();
    Condition.State check = endpoint.state().check().state();
    boolean ofPath = rank(path) >= rank(instance) && rank(path) >= rank(check);
    boolean ofCheck = !ofPath && rank(check) >= rank(instance);
    Condition.State worse = ofPath ? path : ofCheck ? check : instance;
    String down = ofPath ? "suspect" : ofCheck ? "failing" : "ejected";
    return new EndpointView(
        config.address().toString(),
        config.serverName(),
        config.cluster(),
        config.workload(),
        config.locality().toString(),
        endpoint.priority(),
        config.weight(),
        config.health().name().toLowerCase(java.util.Locale.ROOT),
        word(config, worse, down),
        worse.phase() == Condition.Phase.READY ? "" : worse.reason(),
        worse.phase() == Condition.Phase.READY
            ? 0
            : TimeUnit.NANOSECONDS.toSeconds(now - worse.since()),
        endpoint.factor(now),
        endpoint.instance().ejections(),
        endpoint.active(),
        endpoint.instance().requests(),
        endpoint.instance().failures());
  }

  private static int rank(Condition.State state) {
    return switch (state.phase()) {
      case READY -> 0;
      case RAMPING -> 1;
      case RECOVERING -> 2;
      case DOWN -> 3;
    };
  }

  private static String word(EndpointConfig config, Condition.State state, String down) {
    if (config.health() == EndpointConfig.Health.UNHEALTHY) {
      return "unhealthy";
    }
    return switch (state.phase()) {
      case READY -> "serving";
      case RAMPING -> "ramping";
      case RECOVERING -> "recovering";
      case DOWN -> down;
    };
  }
}
