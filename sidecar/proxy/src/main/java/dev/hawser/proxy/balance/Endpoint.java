package dev.hawser.proxy.balance;

import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.telemetry.Parties;
import dev.hawser.proxy.telemetry.Party;
import dev.hawser.trust.spiffe.SpiffeId;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint with what is known about it. Updates of the configuration make a new one that shares
 * the knowledge.
 */
public final class Endpoint {
  private final EndpointConfig config;
  private final int priority;
  private final EndpointState state;
  private final Parties parties;

  /** Made when they are first wanted; two threads may make equal ones. */
  private @Nullable String addressText;

  private @Nullable Party nobody;

  Endpoint(EndpointConfig config, int priority, EndpointState state) {
    this.config = config;
    this.priority = priority;
    this.state = state;
    EndpointConfig.Label version = config.traits().labels().get("version");
    this.parties = new Parties(version == null ? null : version.whole());
  }

  public EndpointConfig config() {
    return config;
  }

  /** Returns its address as it is written. */
  public String addressText() {
    String text = addressText;
    if (text == null) {
      text = config.address().toString();
      addressText = text;
    }
    return text;
  }

  /**
   * Returns who serves there, as metrics name it: without a verified peer it still has its cluster.
   *
   * @param peer null if nobody was verified
   */
  public Party party(@Nullable SpiffeId peer) {
    if (peer != null) {
      return parties.of(peer);
    }
    Party known = nobody;
    if (known == null) {
      known = config.cluster().isEmpty() ? Party.UNKNOWN : Party.UNKNOWN.in(config.cluster());
      nobody = known;
    }
    return known;
  }

  public int priority() {
    return priority;
  }

  EndpointState state() {
    return state;
  }

  InstanceHealth instance() {
    return state.instance();
  }

  PathHealth path() {
    return state.path();
  }

  /** Returns the requests of all workers that are at work on it. */
  public int active() {
    return state.active().get();
  }

  /** A request begins on it. */
  public void began() {
    state.active().incrementAndGet();
  }

  /** A request on it is over. */
  public void ended() {
    state.active().decrementAndGet();
  }

  /** Takes note of an answer's status. */
  public void answered(int status, long now) {
    instance().answered(status, now);
  }

  /** Whether {@link #tookTime} is of use to anyone. */
  public boolean wantsLatency() {
    return state.latency() != null;
  }

  /** Takes note of how long an answer took until its head was there. */
  public void tookTime(long nanos, long now) {
    Latency latency = state.latency();
    if (latency != null) {
      latency.observe(nanos, now);
    }
  }

  /** Returns the recent latency in nanoseconds; 0 if it is not known. */
  double latency(long now) {
    Latency latency = state.latency();
    return latency == null ? 0 : latency.cost(now);
  }

  /** Takes note that a request got no answer on it. */
  public void failed(StreamFailure failure, long now) {
    StreamFailure.Kind kind = failure.kind();
    switch (kind) {
      case CANCELLED, OVERFLOW, GOAWAY -> {
        // Our own doing, or an orderly end, says nothing about it.
      }
      // One connection carries many requests: its end is one event on the way, and not as many bad
      // answers of the instance.
      case CONNECT, CONNECT_TIMEOUT, TLS, TLS_TIMEOUT, PING_TIMEOUT, CLOSED, FORGOTTEN ->
          path().failed(kind.blamesAddress(), failure.silentNanos(), failure.detail(), now);
      case REFUSED, RESET, RESET_CALMLY, PROTOCOL, TRY_TIMEOUT ->
          instance().failed(kind.notSent(), failure.detail(), now);
    }
  }

  /**
   * Takes note that a request got no answer on it, where no probe would find out when the way is
   * open again: only answers missing in a row count.
   */
  public void failedUnprobed(StreamFailure failure, long now) {
    switch (failure.kind()) {
      case CANCELLED, OVERFLOW, GOAWAY -> {
        // Our own doing, or an orderly end, says nothing about it.
      }
      default -> instance().failed(false, failure.detail(), now);
    }
  }

  /** Takes note that bytes came from its address. */
  public AddressHealth address() {
    return path().address();
  }

  /** A probe of it was answered. */
  public void probeSucceeded(long now) {
    path().probeSucceeded(now);
  }

  /** A probe of it was not answered. */
  public void probeFailed(String reason, long now) {
    path().probeFailed(reason, now);
  }

  /** Active checks have found it well. */
  public void checkPassed(long now) {
    if (state.check().phase() == Condition.Phase.DOWN) {
      state.check().recovering(now);
    }
    instance().checkPassed(now);
  }

  /** Active checks have found it unwell. */
  public void checkFailed(String reason, long now) {
    state.check().down(now, reason);
  }

  /** Whether active checks let it serve. */
  public boolean isChecked() {
    return state.check().phase() != Condition.Phase.DOWN;
  }

  boolean isServing() {
    return state.isServing();
  }

  /** Whether it is healthy again, but not for long enough. */
  boolean isRecovering() {
    return !state.isServing() && !state.isDown();
  }

  /** Whether probes should find out about it. */
  boolean wantsProbe() {
    return config.health() != EndpointConfig.Health.UNHEALTHY
        && !(path().condition().isServing() && instance().condition().isServing());
  }

  double factor(long now) {
    return state.factor(now);
  }

  /**
   * Returns its name on rings. All slots of a cluster share the address of their gateway, and a
   * slot is the same through each of them, so a slot is named by its server name.
   */
  byte[] hashKey(boolean byServerName) {
    String own = config.traits().hashKey();
    boolean named =
        (byServerName || config.slot() != EndpointConfig.NO_SLOT) && !config.serverName().isEmpty();
    String key = !own.isEmpty() ? own : named ? config.serverName() : config.address().toString();
    return key.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return config.serverName().isEmpty()
        ? config.address().toString()
        : config.address() + " " + config.serverName();
  }
}
