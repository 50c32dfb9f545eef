package dev.hawser.proxy.balance;

import dev.hawser.api.model.Locality;
import dev.hawser.proxy.affinity.Affinity;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.Balancing;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.OutlierPolicy;
import dev.hawser.proxy.model.UpstreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses endpoints of one upstream. Picks read one reference; updates, ticks and failures build
 * the next.
 *
 * <p>Safe for use by any thread.
 */
public final class Balancer {
  /** How long what was learned about an endpoint outlives its removal. */
  private static final long MEMORY_NANOS = TimeUnit.MINUTES.toNanos(10);

  private static final int MAX_REMEMBERED = 2000;

  /** What is kept of one that is gone. */
  private record Departed(EndpointState state, long since) {}

  private final HealthBook book;
  private final LongSupplier clock;
  private final OutlierPolicy outliers;
  private final Duration stability;
  private final ReentrantLock building = new ReentrantLock();
  private final AtomicBoolean stale = new AtomicBoolean();
  private final LinkedHashMap<EndpointConfig.Key, Departed> departed = new LinkedHashMap<>();
  private final Map<EndpointConfig.InstanceKey, InstanceHealth> instances = new HashMap<>();
  private Map<EndpointConfig.Key, EndpointState> known = Map.of();
  private volatile UpstreamConfig config;
  private volatile @Nullable EndpointSet set;
  private volatile List<Endpoint> endpoints = List.of();
  private volatile @Nullable Selection selection;
  private volatile @Nullable SubsetTable subsets;
  private final EjectionListener listener;
  private final RateSweep sweep;
  private final @Nullable Originals originals;
  private TableCache tables = TableCache.empty();

  /**
   * Makes a balancer that knows no endpoints yet.
   *
   * @param book shared by all balancers of a process
   * @param clock {@link System#nanoTime} but for tests
   */
  public Balancer(UpstreamConfig config, HealthBook book, LongSupplier clock) {
    this(config, book, clock, EjectionListener.NONE);
  }

  /** Makes a balancer that tells about ejections. */
  public Balancer(
      UpstreamConfig config, HealthBook book, LongSupplier clock, EjectionListener listener) {
    this.listener = listener;
    this.sweep = new RateSweep(config.outliers(), clock.getAsLong());
    this.config = config;
    this.book = book;
    this.clock = clock;
    this.outliers = config.outliers();
    this.stability = config.stability();
    this.originals = goesToOriginal(config) ? new Originals(this::original, clock) : null;
  }

  private static boolean goesToOriginal(UpstreamConfig config) {
    return config.endpoints() instanceof UpstreamConfig.Endpoints.Original;
  }

  /** Makes the endpoint at an address that somebody was going to; its health chooses nothing. */
  private Endpoint original(Address address) {
    return new Endpoint(
        new EndpointConfig(
            address,
            "",
            Locality.UNKNOWN,
            1,
            EndpointConfig.Health.HEALTHY,
            "",
            EndpointConfig.NO_SLOT,
            0,
            false,
            ""),
        0,
        new EndpointState(
            new InstanceHealth(condition(), OutlierPolicy.off(), () -> false, listener),
            new PathHealth(condition(), book.join(address)),
            condition(),
            null));
  }

  /**
   * Takes another configuration.
   *
   * @return false if it needs another balancer, since what was learned was learned by other rules
   */
  public boolean reconfigure(UpstreamConfig next) {
    boolean sameRules =
        next.outliers().equals(outliers)
            && next.stability().equals(stability)
            && goesToOriginal(next) == goesToOriginal(config)
            && decay(next).equals(decay(config));
    if (!sameRules) {
      return false;
    }
    if (next.checks().isEmpty()) {
      endpoints.forEach(endpoint -> endpoint.state().check().ready());
    }
    config = next;
    rebuild();
    return true;
  }

  private static Duration decay(UpstreamConfig of) {
    return of.balancing().method() instanceof Balancing.Method.PeakEwma(Duration decay)
        ? decay
        : Duration.ZERO;
  }

  /** Whether endpoints, maybe none, have been told: until then a request may wait for them. */
  public boolean isKnown() {
    return selection != null || originals != null;
  }

  /** Returns all endpoints. */
  public List<Endpoint> endpoints() {
    return originals == null ? endpoints : originals.all();
  }

  /**
   * Chooses for a first try of a request that says nothing about where it wants to go.
   *
   * @return null if there is none
   */
  public @Nullable Endpoint pick(Rotation rotation) {
    return pick(Affinity.NONE, rotation);
  }

  /**
   * Chooses for a first try.
   *
   * @return null if there is none
   */
  public @Nullable Endpoint pick(Affinity affinity, Rotation rotation) {
    if (originals != null) {
      return originals.find(affinity.original());
    }
    Selection present = selection(affinity);
    return present == null ? null : present.first(affinity, rotation);
  }

  /** Chooses for another try of a request that says nothing about where it wants to go. */
  public @Nullable Endpoint pickAnother(
      Attempts attempts, boolean onlyElsewhere, Rotation rotation) {
    return pickAnother(Affinity.NONE, attempts, onlyElsewhere, rotation);
  }

  /**
   * Chooses for another try.
   *
   * @param onlyElsewhere whether an endpoint at an address that failed is no use
   * @return null if there is none that was not tried
   */
  public @Nullable Endpoint pickAnother(
      Affinity affinity, Attempts attempts, boolean onlyElsewhere, Rotation rotation) {
    Selection present = selection(affinity);
    return present == null ? null : present.another(attempts, onlyElsewhere, rotation);
  }

  private @Nullable Selection selection(Affinity affinity) {
    SubsetTable table = subsets;
    return table == null ? selection : table.find(affinity.subset());
  }

  /** Takes a new whole set of endpoints. */
  public synchronized void update(EndpointSet next) {
    long now = clock.getAsLong();
    boolean first = selection == null;
    Set<Integer> servingPriorities = servingPriorities();
    Map<EndpointConfig.Key, EndpointState> kept = new HashMap<>();
    List<Endpoint> made = new ArrayList<>();
    Map<EndpointConfig.Key, EndpointConfig.Health> before = healths();
    for (EndpointSet.Group group : next.groups()) {
      for (EndpointConfig endpoint : group.endpoints()) {
        EndpointState one = kept.get(endpoint.key());
        if (one == null) {
          boolean mayServeAtOnce =
              first || servingPriorities.isEmpty() || servingPriorities.contains(group.priority());
          one = remember(endpoint, mayServeAtOnce, before.get(endpoint.key()), now);
          kept.put(endpoint.key(), one);
        }
        made.add(new Endpoint(endpoint, group.priority(), one));
      }
    }
    forgetGone(kept, now);
    known = Map.copyOf(kept);
    endpoints = List.copyOf(made);
    set = next;
    rebuild();
  }

  private Set<Integer> servingPriorities() {
    Set<Integer> priorities = new HashSet<>();
    for (Endpoint endpoint : endpoints) {
      if (endpoint.config().health() != EndpointConfig.Health.UNHEALTHY && endpoint.isServing()) {
        priorities.add(endpoint.priority());
      }
    }
    return priorities;
  }

  private Map<EndpointConfig.Key, EndpointConfig.Health> healths() {
    Map<EndpointConfig.Key, EndpointConfig.Health> healths = new HashMap<>();
    for (Endpoint endpoint : endpoints) {
      healths.put(endpoint.config().key(), endpoint.config().health());
    }
    return healths;
  }

  private EndpointState remember(
      EndpointConfig endpoint,
      boolean mayServeAtOnce,
      EndpointConfig.@Nullable Health before,
      long now) {
    EndpointState present = known.get(endpoint.key());
    if (present != null) {
      boolean recovered =
          before == EndpointConfig.Health.UNHEALTHY
              && endpoint.health() != EndpointConfig.Health.UNHEALTHY;
      if (recovered) {
        present.path().condition().recovering(now);
      }
      return present;
    }
    Departed back = departed.remove(endpoint.key());
    EndpointState one = back != null ? back.state() : learn(endpoint);
    // One that comes back waits; so does the first of a priority that others stand in for.
    if (back != null || !mayServeAtOnce) {
      one.path().condition().recovering(now);
    }
    one.path().address().join(one.path());
    return one;
  }

  private EndpointState learn(EndpointConfig endpoint) {
    InstanceHealth instance =
        instances.computeIfAbsent(
            endpoint.instance(),
            _ -> new InstanceHealth(condition(), outliers, this::mayEject, listener));
    Duration decay = decay(config);
    return new EndpointState(
        instance,
        new PathHealth(condition(), book.join(endpoint.address())),
        condition(),
        decay.isZero() ? null : new Latency(decay.toNanos(), clock.getAsLong()));
  }

  private Condition condition() {
    return new Condition(stability.toNanos(), this::rebuild);
  }

  private boolean mayEject() {
    Set<InstanceHealth> all = new HashSet<>();
    Set<InstanceHealth> out = new HashSet<>();
    for (Endpoint endpoint : endpoints) {
      all.add(endpoint.instance());
      if (endpoint.instance().condition().phase() == Condition.Phase.DOWN) {
        out.add(endpoint.instance());
      }
    }
    OutlierPolicy.Ejection rule = outliers.ejection();
    return (rule.alwaysOne() && out.isEmpty())
        || (out.size() + 1) * 100 <= rule.maxPercent() * Math.max(1, all.size());
  }

  private void forgetGone(Map<EndpointConfig.Key, EndpointState> kept, long now) {
    known.forEach((key, one) -> {
      if (!kept.containsKey(key)) {
        book.leave(one.path());
        departed.put(key, new Departed(one, now));
      }
    });
    departed
        .values()
        .removeIf(gone -> now - gone.since() > MEMORY_NANOS || departed.size() > MAX_REMEMBERED);
    Set<InstanceHealth> inUse = new HashSet<>();
    kept.values().forEach(one -> inUse.add(one.instance()));
    departed.values().forEach(gone -> inUse.add(gone.state().instance()));
    instances.values().retainAll(inUse);
  }

  /** Lets time pass: ejections end, ramps rise. To be called about twice a second. */
  public void tick() {
    long now = clock.getAsLong();
    if (originals != null
        && config.endpoints() instanceof UpstreamConfig.Endpoints.Original original) {
      originals.forgetIdle(original.idle().toNanos(), one -> book.leave(one.path()));
    }
    boolean moving = false;
    for (Endpoint endpoint : endpoints) {
      endpoint.path().condition().tick(now);
      endpoint.instance().tick(now);
      endpoint.state().check().tick(now);
      moving |= endpoint.factor(now) < 1 || isGrowing(endpoint, now);
    }
    sweep.tick(endpoints.stream().map(Endpoint::instance).distinct().toList(), now);
    if (moving) {
      rebuild();
    }
  }

  private boolean isGrowing(Endpoint endpoint, long now) {
    return config
        .balancing()
        .slowStart()
        .filter(slow -> endpoint.state().age(now) < slow.window().toNanos())
        .isPresent();
  }

  /** Returns the endpoints that probes should find out about. */
  public List<Endpoint> wantingProbe() {
    return endpoints.stream().filter(Endpoint::wantsProbe).toList();
  }

  /**
   * Builds the next selection. Whoever comes while another builds leaves a note and goes on, so
   * that no event loop ever waits here.
   */
  private void rebuild() {
    stale.set(true);
    while (stale.get() && building.tryLock()) {
      try {
        stale.set(false);
        EndpointSet present = set;
        if (present != null) {
          build(present, config.balancing());
        }
      } finally {
        building.unlock();
      }
    }
  }

  private void build(EndpointSet present, Balancing by) {
    List<Endpoint> all = endpoints;
    long now = clock.getAsLong();
    TableCache cache = tables.next();
    SelectionBuilder.Rules rules =
        new SelectionBuilder.Rules(
            by,
            present.overprovisioning(),
            present.healthByWeight(),
            by.localityWeighted() ? localityWeights(present) : Map.of(),
            now,
            clock,
            cache);
    for (Endpoint endpoint : all) {
      endpoint.state().noteServing(endpoint.isServing(), now);
    }
    Selection whole = SelectionBuilder.build(all, rules);
    subsets =
        by.subsets()
            .map(parts ->
                SubsetTable.build(parts, all, whole, some -> SelectionBuilder.build(some, rules)))
            .orElse(null);
    selection = whole;
    tables = cache;
  }

  private static Map<Locality, Integer> localityWeights(EndpointSet set) {
    Map<Locality, Integer> weights = new HashMap<>();
    for (EndpointSet.Group group : set.groups()) {
      if (group.weight() > 0) {
        weights.merge(group.locality(), group.weight(), Math::max);
      }
    }
    return weights;
  }

  /** Returns how many endpoints there are and how they are, by Envoy's names. */
  public Map<String, Long> byEnvoyName() {
    long healthy = 0;
    long degraded = 0;
    Set<InstanceHealth> ejected = new HashSet<>();
    List<Endpoint> all = endpoints();
    for (Endpoint endpoint : all) {
      boolean serves = endpoint.isServing();
      healthy += serves && endpoint.config().health() == EndpointConfig.Health.HEALTHY ? 1 : 0;
      degraded += serves && endpoint.config().health() == EndpointConfig.Health.DEGRADED ? 1 : 0;
      if (endpoint.instance().condition().phase() == Condition.Phase.DOWN) {
        ejected.add(endpoint.instance());
      }
    }
    Selection present = selection;
    long panics =
        present == null ? 0 : present.shares().stream().filter(Selection.Share::panic).count();
    return Map.of(
        "membership_total", (long) all.size(),
        "membership_healthy", healthy,
        "membership_degraded", degraded,
        "outlier_detection.ejections_active", (long) ejected.size(),
        "lb_panicking_priorities", panics);
  }

  /** Returns how things stand, for people. */
  public BalancerView view() {
    Selection present = selection;
    long now = clock.getAsLong();
    return new BalancerView(
        isKnown(),
        present == null
            ? List.of()
            : present.shares().stream()
                .map(
                    s -> new BalancerView.Share(s.priority(), s.degraded(), s.panic(), s.percent()))
                .toList(),
        endpoints().stream().map(endpoint -> BalancerView.of(endpoint, now)).toList());
  }
}
