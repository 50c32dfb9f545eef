package dev.hawser.proxy.upstream;

import dev.hawser.engine.tls.ClientTls;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.engine.tls.OutgoingTls;
import dev.hawser.engine.tls.WebTls;
import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.balance.HealthBook;
import dev.hawser.proxy.http.HttpLimits;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.worker.Worker;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.verify.ExpectedPeers;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One upstream, known or not yet: requests may be routed to it before its configuration has come.
 *
 * <p>Reading is safe for any thread; changes are made by the one thread of the configuration.
 */
public final class Upstream {
  /** What is known. */
  public enum State {
    /** Its configuration or its endpoints have not come yet: a request may wait. */
    AWAITED,
    READY,
    /** The control plane says that there is none. */
    GONE
  }

  private final String name;
  private final HealthBook book;
  private final @Nullable MeshTls tls;
  private final UpstreamStats stats;
  private final List<Worker> workers;
  private final List<WorkerUpstream> sides;
  private volatile @Nullable UpstreamConfig config;
  private volatile @Nullable Balancer balancer;
  private volatile @Nullable OutgoingTls clientTls;
  private final Breakers breakers = new Breakers();
  private volatile boolean gone;
  private @Nullable EndpointSet endpoints;

  Upstream(
      String name,
      HealthBook book,
      @Nullable MeshTls tls,
      UpstreamStats stats,
      List<Worker> workers,
      Dialer dialer,
      HttpLimits limits) {
    this.name = name;
    this.book = book;
    this.tls = tls;
    this.stats = stats;
    this.workers = workers;
    this.sides =
        workers.stream().map(worker -> new WorkerUpstream(this, worker, dialer, limits)).toList();
  }

  public String name() {
    return name;
  }

  /** Returns under which name its figures stand. */
  public String statName() {
    UpstreamConfig present = config;
    return present == null ? name : present.destination().statName().orElse(name);
  }

  /** Returns the configuration, or null if it is not known. */
  public @Nullable UpstreamConfig config() {
    return config;
  }

  public @Nullable Balancer balancer() {
    return balancer;
  }

  public UpstreamStats stats() {
    return stats;
  }

  Breakers breakers() {
    return breakers;
  }

  /** Returns what is counted and how things stand, by Envoy's names. */
  public Map<String, Long> numbers() {
    Map<String, Long> numbers = new TreeMap<>(stats.byEnvoyName());
    numbers.putAll(breakers.byEnvoyName());
    Balancer present = balancer;
    if (present != null) {
      numbers.putAll(present.byEnvoyName());
    }
    return numbers;
  }

  @Nullable OutgoingTls tls() {
    return clientTls;
  }

  /** Returns what is known. */
  public State state() {
    if (gone) {
      return State.GONE;
    }
    Balancer present = balancer;
    return present != null && present.isKnown() ? State.READY : State.AWAITED;
  }

  /** Returns a worker's side. */
  public WorkerUpstream on(Worker worker) {
    return sides.get(worker.index());
  }

  /** Takes a configuration. */
  void configure(UpstreamConfig next) {
    UpstreamConfig before = config;
    boolean sameWire =
        before != null
            && before.protocol() == next.protocol()
            && wire(before.security()).equals(wire(next.security()))
            && before.pings().equals(next.pings());
    config = next;
    gone = false;
    breakers.configure(next.limits());
    if (!sameWire) {
      renewTls(next);
    } else if (tls != null && before != null && !before.security().equals(next.security())) {
      // Those that may not serve any more must not serve on connections that stand.
      tls.live().recheck();
    }
    Balancer present = balancer;
    if (present == null || !present.reconfigure(next)) {
      Balancer fresh = new Balancer(next, book, System::nanoTime, stats);
      if (endpoints != null) {
        fresh.update(endpoints);
      }
      balancer = fresh;
    }
    boolean retire = before != null && !sameWire;
    onWorkers(side -> side.reconfigured(retire));
    if (next.endpoints() instanceof UpstreamConfig.Endpoints.Fixed(EndpointSet set)) {
      update(set);
    } else {
      onWorkers(WorkerUpstream::changed);
    }
  }

  /** Returns what a connection that stands depends on. */
  private static Object wire(UpstreamConfig.Security security) {
    return security instanceof UpstreamConfig.Security.MutualTls mutual ? mutual.alpn() : security;
  }

  private void renewTls(UpstreamConfig next) {
    OutgoingTls before = clientTls;
    clientTls =
        switch (next.security()) {
          case UpstreamConfig.Security.MutualTls mutual when tls != null ->
              tls.client(
                  mutual.alpn(),
                  ExpectedPeers.matching("an identity that may serve " + name, this::mayServe));
          case UpstreamConfig.Security.Web web -> webTls(web);
          default -> null;
        };
    if (before != null) {
      before.close();
    }
  }

  private static WebTls webTls(UpstreamConfig.Security.Web web) {
    try {
      return WebTls.to(web.authorities(), web.alpn());
    } catch (SSLException e) {
      throw new IllegalArgumentException("authorities cannot be used: " + e.getMessage(), e);
    }
  }

  /** Asked at every handshake, so that a change of identities needs no new context. */
  private boolean mayServe(SpiffeId id) {
    UpstreamConfig present = config;
    return present != null
        && present.security() instanceof UpstreamConfig.Security.MutualTls mutual
        && mutual.identities().contains(id);
  }

  /**
   * Returns how requests find where they were going; null if there are endpoints to choose from.
   */
  public UpstreamConfig.Endpoints.@Nullable Original original() {
    UpstreamConfig present = config;
    return present != null && present.endpoints() instanceof UpstreamConfig.Endpoints.Original found
        ? found
        : null;
  }

  /** Ends the connections to addresses that nobody goes to any more. */
  void dropIdle() {
    Balancer present = balancer;
    if (present == null || original() == null) {
      return;
    }
    Set<EndpointConfig.Key> keys = new HashSet<>();
    present.endpoints().forEach(endpoint -> keys.add(endpoint.config().key()));
    onWorkers(side -> side.keepOnly(keys));
  }

  /** Takes a whole set of endpoints. */
  void update(EndpointSet next) {
    endpoints = next;
    Balancer present = balancer;
    if (present != null) {
      present.update(next);
    }
    Set<EndpointConfig.Key> keys = new HashSet<>();
    for (EndpointSet.Group group : next.groups()) {
      group.endpoints().forEach(endpoint -> keys.add(endpoint.key()));
    }
    onWorkers(side -> {
      side.keepOnly(keys);
      side.changed();
    });
  }

  /** The control plane has no such upstream. */
  void remove() {
    gone = true;
    config = null;
    balancer = null;
    endpoints = null;
    OutgoingTls before = clientTls;
    clientTls = null;
    if (before != null) {
      before.close();
    }
    onWorkers(side -> {
      side.retireAll();
      side.changed();
    });
  }

  /** What goes under the own certificate goes on new connections from now on. */
  void renew() {
    if (clientTls instanceof ClientTls) {
      onWorkers(WorkerUpstream::retireAll);
    }
  }

  private void onWorkers(java.util.function.Consumer<WorkerUpstream> task) {
    for (Worker worker : workers) {
      worker.loop().execute(() -> task.accept(on(worker)));
    }
  }

  Dialer.Target target(Endpoint endpoint, UpstreamConfig from, boolean raw) {
    String own = endpoint.config().serverName();
    return new Dialer.Target(
        endpoint.config().address(),
        clientTls,
        from.security() instanceof UpstreamConfig.Security.Web web && !web.serverName().isEmpty()
            ? web.serverName()
            : own,
        // A peer that only knows bare bytes is fine for raw ones; the caller sees what was agreed.
        raw ? "" : neededAlpn(from),
        from.connectTimeout(),
        raw,
        from.connections());
  }

  /** Outside the mesh, HTTP/1.1 is also spoken by those who agree on nothing. */
  private static String neededAlpn(UpstreamConfig from) {
    return switch (from.security()) {
      case UpstreamConfig.Security.MutualTls mutual when !mutual.alpn().isEmpty() ->
          mutual.alpn().getFirst();
      case UpstreamConfig.Security.Web _ when from.protocol() == UpstreamConfig.Protocol.HTTP2 ->
          "h2";
      default -> "";
    };
  }

  /**
   * Takes note that an endpoint gave no answer. Where no probes find out about it, which is where
   * there is no TLS, it is held against it only if a policy says so: the workload's own application
   * is the only one there is.
   */
  public void noteFailure(Endpoint endpoint, StreamFailure failure) {
    UpstreamConfig present = config;
    if (present == null) {
      return;
    }
    if (present.security() instanceof UpstreamConfig.Security.MutualTls) {
      endpoint.failed(failure, System.nanoTime());
    } else if (present.outliers().isOn()) {
      endpoint.failedUnprobed(failure, System.nanoTime());
    }
  }

  /** Takes note of an endpoint's answer. */
  public void noteAnswer(Endpoint endpoint, int status) {
    endpoint.answered(status, System.nanoTime());
  }
}
