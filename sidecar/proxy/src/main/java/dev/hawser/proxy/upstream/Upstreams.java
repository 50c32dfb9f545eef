package dev.hawser.proxy.upstream;

import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.HealthBook;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.worker.Worker;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** All upstreams of a proxy. Reading is safe for any thread; one thread configures. */
public final class Upstreams implements AutoCloseable {
  private static final long TICK_MILLIS = 250;

  private final List<Worker> workers;
  private final Dialer dialer;
  private final @Nullable MeshTls tls;
  private final Metrics metrics;
  private final HttpLimits limits;
  private final HealthBook book = new HealthBook();
  private final Map<String, Upstream> byName = new ConcurrentHashMap<>();
  private final Map<String, EndpointSet> sets = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("health").factory());
  private final Prober prober;
  private final HealthChecker checker;

  /**
   * Makes an empty set and begins to keep time.
   *
   * @param tls null only for tests without other proxies
   */
  public Upstreams(
      EventLoops loops,
      List<Worker> workers,
      @Nullable MeshTls tls,
      Metrics metrics,
      HttpLimits limits) {
    this.workers = List.copyOf(workers);
    this.dialer = new Dialer(loops);
    this.tls = tls;
    this.metrics = metrics;
    this.limits = limits;
    this.prober = new Prober(dialer, this.workers, limits);
    this.checker =
        new HealthChecker(dialer, this.workers, limits, TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
    var _ =
        clock.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Returns the upstream of this name, which may not be known yet. */
  public Upstream get(String name) {
    return byName.computeIfAbsent(name, this::create);
  }

  /** Returns the upstream of this name if anything has asked for it, or null. */
  public @Nullable Upstream find(String name) {
    return byName.get(name);
  }

  private Upstream create(String name) {
    return new Upstream(name, book, tls, new UpstreamStats(metrics, name), workers, dialer, limits);
  }

  /** Returns all upstreams that anything has asked for. */
  public Collection<Upstream> all() {
    return byName.values();
  }

  /** Takes a configuration, with the endpoints if they have come before. */
  public void configure(UpstreamConfig config) {
    Upstream upstream = get(config.name());
    upstream.configure(config);
    if (config.endpoints() instanceof UpstreamConfig.Endpoints.Discovered(String service)) {
      EndpointSet known = sets.get(service);
      if (known != null) {
        upstream.update(known);
      }
    }
  }

  /** Takes a whole set of endpoints for the upstreams that discover them by its name. */
  public void update(EndpointSet set) {
    sets.put(set.name(), set);
    for (Upstream upstream : byName.values()) {
      UpstreamConfig config = upstream.config();
      if (config != null
          && config.endpoints() instanceof UpstreamConfig.Endpoints.Discovered(String service)
          && service.equals(set.name())) {
        upstream.update(set);
      }
    }
  }

  /** Forgets the endpoints of all services but these. */
  public void keepEndpoints(Set<String> services) {
    sets.keySet().retainAll(services);
  }

  /** There is no such upstream. */
  public void remove(String name) {
    get(name).remove();
  }

  /** Forgets an upstream that nothing routes to any more. */
  public void forget(String name) {
    Upstream upstream = byName.remove(name);
    if (upstream != null) {
      upstream.remove();
    }
  }

  private void tick() {
    for (Upstream upstream : byName.values()) {
      Balancer balancer = upstream.balancer();
      if (balancer != null) {
        balancer.tick();
        upstream.dropIdle();
        prober.probe(upstream, balancer);
        checker.check(upstream, balancer);
      }
    }
    checker.keepOnly(byName.keySet());
  }

  /** Has the next requests to other proxies go on connections with the present certificate. */
  public void renew() {
    for (Upstream upstream : byName.values()) {
      upstream.renew();
    }
  }

  /** Ends every connection calmly. */
  public void retireAll() {
    for (Upstream upstream : byName.values()) {
      for (Worker worker : workers) {
        worker.loop().execute(() -> upstream.on(worker).retireAll());
      }
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    retireAll();
  }
}
