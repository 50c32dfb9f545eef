package dev.hawser.controlplane.registry;

import dev.hawser.api.model.Provenance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All sources of one cluster behind the guard: what is to be merged, and how each is doing.
 *
 * <p>Thread-safe. The listener is called with the source's new served state, one call at a time, on
 * the thread of the source that changed (or the one that accepted, or the timer's); it must return
 * soon. A report that changes nothing is not passed on.
 */
public final class Registries implements RegistryWatcher, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Registries.class);
  private static final long EXPIRY_SECONDS = 1;

  private final List<ServiceRegistry> registries;
  private final MassWithdrawalGuard guard;
  private final Consumer<RegistryState> listener;
  private final ScheduledExecutorService timer;
  private final TreeMap<String, Source> sources = new TreeMap<>();

  /** What is known of one source; replaced as a whole. */
  private record Source(
      Provenance.Registry kind,
      @Nullable RegistryState served,
      boolean reported,
      String trouble,
      Instant updated) {}

  /**
   * @param registries with distinct sources
   * @param listener told of each change of what is served of a source
   */
  public Registries(
      List<ServiceRegistry> registries,
      MassWithdrawalGuard guard,
      Consumer<RegistryState> listener) {
    this.registries = List.copyOf(registries);
    this.guard = guard;
    this.listener = listener;
    for (ServiceRegistry registry : this.registries) {
      Source unknown = new Source(registry.kind(), null, false, "", Instant.EPOCH);
      if (sources.put(registry.source(), unknown) != null) {
        throw new IllegalArgumentException(
            "registry source '" + registry.source() + "' is there twice (expected: one of each)");
      }
    }
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("guard").factory());
    executor.setRemoveOnCancelPolicy(true);
    this.timer = executor;
  }

  /**
   * Serves states from before a restart until their sources report; call before {@link #start}.
   * States of sources that are not configured any more are ignored.
   */
  public synchronized void restore(List<RegistryState> lastGood) {
    for (RegistryState state : lastGood) {
      Source source = sources.get(state.source());
      if (source != null && source.served() == null && source.kind() == state.kind()) {
        guard.restore(state);
        Source restored =
            new Source(
                source.kind(), state, false, "served from before a restart", state.observed());
        sources.put(state.source(), restored);
        listener.accept(state);
      }
    }
  }

  /** Starts every source and the timer that ends holds. */
  public void start() {
    registries.forEach(registry -> registry.start(this));
    var _ =
        timer.scheduleWithFixedDelay(
            this::expire, EXPIRY_SECONDS, EXPIRY_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public synchronized void onState(RegistryState state) {
    Source source = sources.get(state.source());
    if (source == null) {
      LOG.error("State of an unknown source ignored source={}", state.source());
      return;
    }
    RegistryState served = guard.offer(state);
    boolean same = source.served() != null && source.served().sameContent(served);
    Source current = new Source(source.kind(), served, true, "", state.observed());
    sources.put(state.source(), current);
    if (!source.trouble().isEmpty()) {
      LOG.info("Registry is back source={}", state.source());
    }
    if (!same || !source.reported()) {
      listener.accept(served);
    }
  }

  @Override
  public synchronized void onTrouble(String name, String detail) {
    Source source = sources.get(name);
    if (source == null) {
      LOG.error("Trouble of an unknown source ignored source={} detail=\"{}\"", name, detail);
      return;
    }
    if (!source.trouble().equals(detail)) {
      LOG.warn("Registry cannot be read source={} detail=\"{}\"", name, detail);
    }
    sources.put(
        name,
        new Source(source.kind(), source.served(), source.reported(), detail, source.updated()));
  }

  /**
   * Ends the hold on a source: what it last reported is true.
   *
   * @return whether anything was held
   * @throws IllegalArgumentException if there is no such source
   */
  public synchronized boolean accept(String source) {
    if (!sources.containsKey(source)) {
      throw new IllegalArgumentException(
          "registry: '" + source + "' (expected: one of " + sources.keySet() + ")");
    }
    Optional<RegistryState> served = guard.accept(source);
    served.ifPresent(this::serve);
    return served.isPresent();
  }

  /** Returns what is served now, by source; sources that never reported are absent. */
  public synchronized Map<String, RegistryState> served() {
    TreeMap<String, RegistryState> served = new TreeMap<>();
    sources.forEach((name, source) -> {
      if (source.served() != null) {
        served.put(name, source.served());
      }
    });
    return served;
  }

  /** Whether every source has something to serve, so that the cluster's picture is whole. */
  public synchronized boolean complete() {
    return sources.values().stream().allMatch(source -> source.served() != null);
  }

  /** Returns the holds, by source. */
  public List<Hold> holds() {
    return guard.holds();
  }

  /** Returns how each source is doing, by name. */
  public synchronized List<SourceStatus> status() {
    List<SourceStatus> all = new ArrayList<>();
    sources.forEach((name, source) -> all.add(status(name, source)));
    return List.copyOf(all);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    registries.forEach(ServiceRegistry::close);
  }

  private SourceStatus status(String name, Source source) {
    Optional<Hold> hold = guard.hold(name);
    RegistryState served = source.served();
    SourceStatus.Condition condition;
    String detail = source.trouble();
    if (served == null) {
      condition = SourceStatus.Condition.CONNECTING;
    } else if (hold.isPresent()) {
      condition = SourceStatus.Condition.HELD;
      detail =
          hold.get().reason()
              + "; served on until "
              + hold.get().until()
              + " or: hawser registry accept "
              + name
              + (detail.isEmpty() ? "" : "; " + detail);
    } else if (!detail.isEmpty()) {
      condition = SourceStatus.Condition.STALE;
    } else {
      condition = SourceStatus.Condition.SYNCED;
    }
    return new SourceStatus(
        name,
        source.kind(),
        condition,
        detail,
        served == null ? 0 : served.services().size(),
        served == null ? 0 : served.endpointCount(),
        hold.map(Hold::endpointCount).orElse(0),
        served == null ? List.of() : served.rejected(),
        source.updated());
  }

  private void serve(RegistryState served) {
    Source source = sources.get(served.source());
    if (source != null) {
      sources.put(
          served.source(),
          new Source(source.kind(), served, source.reported(), source.trouble(), source.updated()));
      listener.accept(served);
    }
  }

  private synchronized void expire() {
    guard.expire().forEach(this::serve);
  }
}
