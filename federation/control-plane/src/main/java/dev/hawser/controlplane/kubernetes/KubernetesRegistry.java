package dev.hawser.controlplane.kubernetes;

import dev.hawser.api.model.Provenance;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.registry.RegistryWatcher;
import dev.hawser.controlplane.registry.Reporter;
import dev.hawser.controlplane.registry.ServiceRegistry;
import dev.hawser.controlplane.registry.Site;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Services of a Kubernetes cluster, by informers on Services, EndpointSlices, Pods, Nodes,
 * Namespaces and, where the cluster knows the kind, ServiceExports; where it does not, the kind is
 * looked for again every 3 s.
 *
 * <p>While a watch is broken for more than a second, nothing is reported and the last good state
 * stands. When the API server answers again, everything is listed anew, and that state is a resync;
 * so is one after a relist in which objects were missing.
 */
public final class KubernetesRegistry implements ServiceRegistry {
  public static final String SOURCE = "kubernetes";

  private static final Logger LOG = LoggerFactory.getLogger(KubernetesRegistry.class);
  private static final Duration GATHER = Duration.ofMillis(50);
  private static final Duration CHECK = Duration.ofMillis(250);

  /** A watch is closed and opened again every few minutes; that takes less. */
  private static final Duration TURNOVER = Duration.ofSeconds(1);

  private static final Duration LONGEST_PATIENCE = Duration.ofMinutes(1);

  /** How long a kind that was known must be unknown before that is believed. */
  private static final Duration EXPORTS_GONE = Duration.ofSeconds(30);

  private final Site site;
  private final InstantSource clock;
  private final KubernetesClient client;
  private final ServiceCache cache;
  private final Reporter reporter;
  private final ApiProbe probe;

  /** What changed since the last report; guarded by the registry's lock. */
  private final Set<String> changedServices = new HashSet<>();

  private boolean changedEverything = true;
  private boolean resync = true;
  private @Nullable RegistryWatcher watcher;
  private boolean closed;

  /** Confined to the reporter's thread, as are all fields below. */
  private @Nullable Informers informers;

  private int generation;

  /** Generations in a row that never had everything listed. */
  private int attempts;

  /** Whether this generation had everything listed and watched once. */
  private boolean wasConnected;

  /** Whether the API server was away since this generation began. */
  private boolean serverWasAway;

  private boolean broken = true;
  private long brokenSince;
  private boolean exportsKnown;

  /** Whether the last report had any export by that kind. */
  private boolean exportsSeen;

  private long exportsUnknownSince;
  private String lastFailure = "";
  private String trouble = "";

  /**
   * @throws IllegalArgumentException if the kubeconfig is missing or cannot be used
   */
  public KubernetesRegistry(KubernetesOptions options, Site site, InstantSource clock) {
    this.site = site;
    this.clock = clock;
    this.client = new KubernetesClientBuilder().withConfig(options.config()).build();
    this.cache = new ServiceCache(clock);
    this.reporter = new Reporter("registry-kubernetes", GATHER, this::report);
    this.probe = new ApiProbe(client);
  }

  @Override
  public String source() {
    return SOURCE;
  }

  @Override
  public Provenance.Registry kind() {
    return Provenance.Registry.KUBERNETES;
  }

  @Override
  public synchronized void start(RegistryWatcher watcher) {
    if (this.watcher != null) {
      throw new IllegalStateException("Kubernetes registry was started before");
    }
    this.watcher = watcher;
    reporter.run(this::check);
    reporter.every(CHECK, this::check);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    reporter.run(this::stopInformers);
    reporter.close();
    client.close();
  }

  /** Looks after the connection; on the reporter's thread. */
  private void check() {
    probe.refresh();
    Informers current = informers;
    ApiProbe.Answer answer = probe.answer();
    if (current != null && current.isSynced() && current.isWatching()) {
      if (broken && wasConnected && brokenFor().compareTo(TURNOVER) > 0) {
        // A watch that goes on where it broke would never tell what was forgotten meanwhile.
        startInformers(answer.knowsExports() || exportsKnown);
      } else {
        connected(current, answer);
      }
      return;
    }
    if (!broken) {
      broken = true;
      brokenSince = System.nanoTime();
      probe.hurry();
      return;
    }
    if (!answer.answers()) {
      if (!answer.detail().isEmpty()) {
        serverWasAway = true;
        tell(answer.detail());
      }
      return;
    }
    boolean exports = answer.knowsExports() || believesInExports(answer);
    boolean other = current != null && exports != current.watchesExports();
    if (current == null || serverWasAway || other || brokenFor().compareTo(patience()) > 0) {
      startInformers(exports);
    }
  }

  private Duration brokenFor() {
    return Duration.ofNanos(System.nanoTime() - brokenSince);
  }

  /** Whether a kind that is not served at present, but had objects, is only not served yet. */
  private boolean believesInExports(ApiProbe.Answer answer) {
    if (!exportsKnown || answer.knowsExports()) {
      exportsUnknownSince = 0;
    } else if (!exportsSeen) {
      exportsKnown = false;
    } else if (exportsUnknownSince == 0) {
      exportsUnknownSince = System.nanoTime();
    } else if (System.nanoTime() - exportsUnknownSince > EXPORTS_GONE.toNanos()) {
      LOG.warn("ServiceExport is not served any more, exports by it end source={}", SOURCE);
      exportsKnown = false;
      exportsUnknownSince = 0;
    }
    return exportsKnown;
  }

  /** How long to leave a broken generation to its own retries while the API server answers. */
  private Duration patience() {
    if (wasConnected) {
      return TURNOVER;
    }
    return lastFailure.isEmpty()
        ? LONGEST_PATIENCE
        : Duration.ofSeconds(Math.min(LONGEST_PATIENCE.toSeconds(), 5L << Math.min(attempts, 5)));
  }

  private void connected(Informers current, ApiProbe.Answer answer) {
    if (broken) {
      broken = false;
      wasConnected = true;
      serverWasAway = false;
      attempts = 0;
      lastFailure = "";
      reporter.changed();
    }
    if (!answer.answers()) {
      if (!answer.detail().isEmpty()) {
        tell(answer.detail());
      }
      return;
    }
    if (answer.knowsExports() && !current.watchesExports()) {
      LOG.info("ServiceExport has appeared, it is watched from now on source={}", SOURCE);
      exportsKnown = true;
      current.startExports();
    }
    if (!trouble.isEmpty()) {
      reporter.changed();
    }
  }

  private void startInformers(boolean withExports) {
    stopInformers();
    exportsKnown = withExports;
    generation++;
    attempts = wasConnected ? 0 : attempts + 1;
    wasConnected = false;
    serverWasAway = false;
    lastFailure = "";
    broken = true;
    brokenSince = System.nanoTime();
    synchronized (this) {
      changedEverything = true;
      resync = true;
    }
    Informers next = new Informers(client, new Notes(generation));
    informers = next;
    next.start(withExports);
  }

  private void stopInformers() {
    Informers current = informers;
    informers = null;
    if (current != null) {
      current.close();
    }
  }

  private void tell(String detail) {
    RegistryWatcher target;
    synchronized (this) {
      target = closed ? null : watcher;
    }
    if (target != null && !detail.equals(trouble)) {
      trouble = detail;
      target.onTrouble(SOURCE, detail);
    }
  }

  private void report() {
    Informers current = informers;
    if (broken || current == null || !current.isSynced()) {
      return;
    }
    RegistryWatcher target;
    Set<String> keys;
    boolean everything;
    boolean resynced;
    synchronized (this) {
      if (closed || watcher == null) {
        return;
      }
      target = watcher;
      keys = Set.copyOf(changedServices);
      changedServices.clear();
      everything = changedEverything;
      changedEverything = false;
      resynced = resync;
      resync = false;
    }
    KubernetesView view = new KubernetesView(current, site);
    if (everything) {
      cache.refreshAll(current, view);
    } else {
      keys.forEach(key -> cache.refresh(key, current, view));
    }
    exportsSeen = current.hasExports();
    trouble = "";
    target.onState(
        new RegistryState(
            SOURCE, kind(), cache.services(), cache.rejected(), resynced, clock.instant()));
  }

  /** What the informers of one generation tell; an older one is not heard any more. */
  private final class Notes implements Informers.Changes {
    private final int mine;

    Notes(int mine) {
      this.mine = mine;
    }

    @Override
    public void service(String key) {
      synchronized (KubernetesRegistry.this) {
        changedServices.add(key);
      }
      reporter.changed();
    }

    @Override
    public void everything() {
      synchronized (KubernetesRegistry.this) {
        changedEverything = true;
      }
      reporter.changed();
    }

    @Override
    public void relisted() {
      synchronized (KubernetesRegistry.this) {
        resync = true;
      }
      reporter.changed();
    }

    @Override
    public void failed(String what, Throwable failure) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      String detail = "Kubernetes API: " + what + " cannot be watched: " + cause.getMessage();
      reporter.run(() -> {
        if (mine == generation) {
          lastFailure = detail;
          tell(detail);
        }
      });
    }
  }
}
