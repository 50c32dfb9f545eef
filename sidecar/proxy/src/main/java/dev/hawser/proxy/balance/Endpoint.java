package dev.hawser.proxy.balance;

import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.EndpointConfig;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An endpoint with what is known about it. Updates of the configuration make a new one that shares
 * the knowledge.
 */
public final class Endpoint {
  private final EndpointConfig config;
  private final int priority;
  private final InstanceHealth instance;
  private final PathHealth path;
  private final AtomicInteger active;

  Endpoint(
      EndpointConfig config,
      int priority,
      InstanceHealth instance,
      PathHealth path,
      AtomicInteger active) {
    this.config = config;
    this.priority = priority;
    this.instance = instance;
    this.path = path;
    this.active = active;
  }

  public EndpointConfig config() {
    return config;
  }

  public int priority() {
    return priority;
  }

  InstanceHealth instance() {
    return instance;
  }

  PathHealth path() {
    return path;
  }

  AtomicInteger activeCounter() {
    return active;
  }

  /** Returns the requests of all workers that are at work on it. */
  public int active() {
    return active.get();
  }

  /** A request begins on it. */
  public void began() {
    active.incrementAndGet();
  }

  /** A request on it is over. */
  public void ended() {
    active.decrementAndGet();
  }

  /** Takes note of an answer's status. */
  public void answered(int status, long now) {
    instance.answered(status, now);
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
      case CONNECT, CONNECT_TIMEOUT, TLS, TLS_TIMEOUT, PING_TIMEOUT, CLOSED ->
          path.failed(kind.blamesAddress(), failure.silentNanos(), failure.detail(), now);
      case REFUSED, RESET, PROTOCOL, TRY_TIMEOUT ->
          instance.failed(kind.notSent(), failure.detail(), now);
    }
  }

  /** Takes note that bytes came from its address. */
  public AddressHealth address() {
    return path.address();
  }

  /** A probe of it was answered. */
  public void probeSucceeded(long now) {
    path.probeSucceeded(now);
  }

  /** A probe of it was not answered. */
  public void probeFailed(String reason, long now) {
    path.probeFailed(reason, now);
  }

  boolean isServing() {
    return path.condition().isServing() && instance.condition().isServing();
  }

  /** Whether it is healthy again, but not for long enough. */
  boolean isRecovering() {
    return !isServing()
        && path.condition().phase() != Condition.Phase.DOWN
        && instance.condition().phase() != Condition.Phase.DOWN;
  }

  /** Whether probes should find out about it. */
  boolean wantsProbe() {
    return config.health() != EndpointConfig.Health.UNHEALTHY && !isServing();
  }

  double factor(long now) {
    return Math.min(path.condition().factor(now), instance.condition().factor(now));
  }

  @Override
  public String toString() {
    return config.serverName().isEmpty()
        ? config.address().toString()
        : config.address() + " " + config.serverName();
  }
}
