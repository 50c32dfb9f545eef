package dev.hawser.controlplane.consul;

import dev.hawser.api.model.Provenance;
import dev.hawser.api.model.Service;
import dev.hawser.controlplane.registry.FirstSeen;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.RegistryWatcher;
import dev.hawser.controlplane.registry.Reporter;
import dev.hawser.controlplane.registry.ServiceRegistry;
import dev.hawser.controlplane.registry.Site;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services of one Consul datacenter. One blocking query follows the catalog's names, and one each
 * service's instances and health, so that a change costs one answer about one service. With more
 * services than {@link ConsulOptions#parallel} the queries take turns, and a change is seen when
 * its service's turn comes.
 *
 * <p>A state is reported only when every query has been answered since it last failed: while Consul
 * is away, restarts or has no leader, the last good state stands, and the first state afterwards is
 * a resync; so is one after an index that went backwards (a catalog restored from a snapshot). A
 * single service whose query keeps failing while the others are answered does not hold them up:
 * what was last known of it stays. Critical checks make an instance not ready; see {@link
 * CheckMemory} for those that have not run since Consul restarted. The service {@code consul}
 * itself is left out.
 */
public final class ConsulRegistry implements ServiceRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(ConsulRegistry.class);
  private static final String OWN_SERVICE = "consul";
  private static final Duration SETTLE_CHECK = Duration.ofSeconds(5);
  private static final Duration GATHER = Duration.ofMillis(50);

  private final ConsulOptions options;
  private final Site site;
  private final InstantSource clock;
  private final String source;
  private final ConsulQueries queries;
  private final FirstSeen firstSeen;

  /** With the two flags below, confined to the reporter's thread. */
  private final CheckMemory checks = new CheckMemory();

  private boolean reportedBefore;
  private boolean unsure;
  private final Semaphore permits;
  private final Reporter reporter;
  private final Freshness catalog = new Freshness();

  /** By Consul's name. */
  private final TreeMap<String, Watched> services = new TreeMap<>();

  private @Nullable RegistryWatcher watcher;
  private @Nullable Thread catalogThread;
  private boolean resync = true;
  private boolean closed;

  /** One service that is followed; guarded by the registry's lock. */
  private static final class Watched {
    final Freshness freshness = new Freshness();
    @Nullable List<Instance> instances;
    @Nullable Thread thread;
  }

  /** What a report is built from, taken at one moment. */
  private record Picture(
      Map<String, List<Instance>> instances, Map<String, String> unknown, boolean resynced) {}

  public ConsulRegistry(ConsulOptions options, Site site, InstantSource clock) {
    this.options = options;
    this.site = site;
    this.clock = clock;
    this.source = "consul/" + options.datacenter();
    this.queries = new ConsulQueries(options);
    this.firstSeen = new FirstSeen(clock);
    // Two are kept apart: one for the catalog, one for whoever looks at Consul from this address.
    this.permits = new Semaphore(Math.max(1, options.parallel() - 2), true);
    this.reporter = new Reporter("registry-consul", GATHER, this::report);
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public Provenance.Registry kind() {
    return Provenance.Registry.CONSUL;
  }

  @Override
  public synchronized void start(RegistryWatcher watcher) {
    if (this.watcher != null) {
      throw new IllegalStateException("Consul registry was started before");
    }
    this.watcher = watcher;
    reporter.every(SETTLE_CHECK, this::settleChecks);
    catalogThread = Thread.ofVirtual().name("consul-catalog").start(this::followCatalog);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (catalogThread != null) {
        catalogThread.interrupt();
      }
      services.values().forEach(ConsulRegistry::stop);
      notifyAll();
    }
    queries.close();
    reporter.close();
  }

  private void followCatalog() {
    BigInteger index = BigInteger.ZERO;
    while (!isClosed()) {
      try {
        ConsulQueries.Answer<Set<String>> answer = queries.services(index, options.block());
        index = caught(index, answer.index());
        synchronized (this) {
          catalog.answered();
          follow(answer.value());
          notifyAll();
        }
        reporter.changed();
      } catch (ConsulQueries.FailedException failed) {
        index = BigInteger.ZERO;
        if (!failed(catalog, failed, "catalog")) {
          return;
        }
      }
    }
  }

  private void follow(Set<String> names) {
    Set<String> wanted = new HashSet<>(names);
    wanted.remove(OWN_SERVICE);
    services
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !wanted.contains(entry.getKey());
          if (gone) {
            stop(entry.getValue());
          }
          return gone;
        });
    for (String name : wanted) {
      if (!services.containsKey(name) && !closed) {
        Watched watched = new Watched();
        services.put(name, watched);
        watched.thread =
            Thread.ofVirtual().name("consul-" + name).start(() -> followService(name, watched));
      }
    }
  }

  private void followService(String name, Watched watched) {
    BigInteger index = BigInteger.ZERO;
    while (isFollowed(name, watched)) {
      try {
        permits.acquire();
        ConsulQueries.Answer<List<Instance>> answer;
        try {
          answer = queries.instances(name, index, turn());
        } finally {
          permits.release();
        }
        index = caught(index, answer.index());
        synchronized (this) {
          watched.freshness.answered();
          watched.instances = answer.value();
        }
        reporter.changed();
      } catch (InterruptedException _) {
        return;
      } catch (ConsulQueries.FailedException failed) {
        index = BigInteger.ZERO;
        if (!isFollowed(name, watched) || !failed(watched.freshness, failed, "service " + name)) {
          return;
        }
      }
    }
  }

  /** How long one service's query may wait, so that the others get their turn. */
  private Duration turn() {
    synchronized (this) {
      boolean enough = services.size() <= Math.max(1, options.parallel() - 2);
      return enough ? options.block() : Duration.ofSeconds(1);
    }
  }

  /** Returns the index to wait beyond; one that went backwards begins anew. */
  private BigInteger caught(BigInteger before, BigInteger now) {
    if (now.compareTo(before) < 0) {
      LOG.warn("Consul index went backwards source={} before={} now={}", source, before, now);
      synchronized (this) {
        resync = true;
      }
      return BigInteger.ZERO;
    }
    return now;
  }

  /** Notes a failure and waits before the next try; returns whether there is to be one. */
  private boolean failed(Freshness freshness, ConsulQueries.FailedException failure, String what) {
    String detail =
        "Consul at "
            + options.address()
            + " cannot be asked for its "
            + what
            + ": "
            + failure.getMessage();
    Duration pause;
    boolean isCatalog = freshness == catalog;
    synchronized (this) {
      if (closed) {
        return false;
      }
      freshness.failed(detail);
      resync = true;
      pause = freshness.pause();
    }
    reporter.run(() -> tell(detail));
    reporter.changed();
    try {
      Thread.sleep(pause);
      if (!isCatalog) {
        awaitCatalog();
      }
      return true;
    } catch (InterruptedException _) {
      return false;
    }
  }

  /** While Consul is away, only the catalog's query knocks. */
  private synchronized void awaitCatalog() throws InterruptedException {
    while (!catalog.isFresh() && !closed) {
      wait();
    }
  }

  private void tell(String detail) {
    RegistryWatcher target;
    synchronized (this) {
      target = closed ? null : watcher;
    }
    if (target != null) {
      target.onTrouble(source, detail);
    }
  }

  private void report() {
    RegistryWatcher target;
    Picture picture;
    synchronized (this) {
      target = watcher;
      picture = closed ? null : picture();
    }
    if (target == null || picture == null) {
      return;
    }
    Instant now = clock.instant();
    if (picture.resynced() && reportedBefore) {
      checks.reconnected(now);
    }
    reportedBefore = true;
    unsure = checks.isUnsure(now);
    ConsulView view = new ConsulView(source, options.namespace(), site, firstSeen);
    picture.unknown().forEach((name, why) -> view.reject("Consul service " + name, why));
    picture.instances().values().forEach(view::add);
    List<Service> found = view.services(instance -> checks.isHealthy(instance, now));
    checks.endOfState();
    firstSeen.endOfState();
    target.onState(
        new RegistryState(source, kind(), found, view.rejected(), picture.resynced(), now));
  }

  /** Once checks must have run, the same answers may mean something else. */
  private void settleChecks() {
    if (unsure && !checks.isUnsure(clock.instant())) {
      reporter.changed();
    }
  }

  /** Returns what is known, or null while a query that others do not outvote is unanswered. */
  private @Nullable Picture picture() {
    if (!catalog.isFresh()) {
      return null;
    }
    Map<String, List<Instance>> instances = new TreeMap<>();
    Map<String, String> unknown = new TreeMap<>();
    for (Map.Entry<String, Watched> entry : services.entrySet()) {
      Freshness freshness = entry.getValue().freshness;
      if (!freshness.isFresh() && !freshness.isStuck()) {
        return null;
      }
      List<Instance> known = entry.getValue().instances;
      if (known != null) {
        instances.put(entry.getKey(), known);
      } else {
        unknown.put(entry.getKey(), freshness.reason());
      }
    }
    Picture picture = new Picture(instances, unknown, resync);
    resync = false;
    return picture;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized boolean isFollowed(String name, Watched watched) {
    return !closed && services.get(name) == watched;
  }

  private static void stop(Watched watched) {
    if (watched.thread != null) {
      watched.thread.interrupt();
    }
  }
}
