package dev.hawser.proxy.boot;

import dev.hawser.engine.admin.AdminRequest;
import dev.hawser.engine.admin.AdminResponse;
import dev.hawser.engine.admin.AdminServer;
import dev.hawser.engine.admin.pages.ConfigDumps;
import dev.hawser.engine.admin.pages.LogLevels;
import dev.hawser.engine.admin.pages.ProcessPages;
import dev.hawser.engine.admin.pages.StatPages;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.BalancerView;
import dev.hawser.proxy.boot.admin.ClusterPages;
import dev.hawser.proxy.boot.admin.ListenerPages;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.routing.HostTable;
import dev.hawser.proxy.routing.VirtualHost;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.proxy.worker.OnDemand;
import io.envoyproxy.envoy.admin.v3.ServerInfo;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The pages of the admin, metrics and readiness ports: by Envoy's names in Envoy's shapes, and what
 * only this proxy has beside them. Keys and certificates are not on any.
 */
final class AdminPages {
  private final Proxy proxy;

  AdminPages(Proxy proxy) {
    this.proxy = proxy;
  }

  /** What {@code /upstreams} says about one upstream. */
  private record UpstreamPage(
      String name,
      String state,
      String protocol,
      String policy,
      BalancerView endpoints,
      Map<String, Long> numbers) {}

  /** What the readiness port says. */
  private record ReadyPage(boolean ready, String detail) {}

  AdminServer.Builder admin(InetSocketAddress address) {
    return AdminServer.builder(address)
        .get("/", _ -> help())
        .get("/help", _ -> help())
        .get("/certs", _ -> certs())
        .get("/clusters", this::clusters)
        .get("/config_dump", request -> ConfigDumps.answer(request, proxy.held()))
        .get("/listeners", this::listeners)
        .get("/logging", _ -> LogLevels.show())
        .post("/logging", LogLevels::change)
        .get("/memory", _ -> ProcessPages.memory())
        .get("/ready", _ -> live())
        .get("/server_info", _ -> serverInfo())
        .get("/stats", this::stats)
        .get("/stats/prometheus", _ -> metrics())
        .post("/drain_listeners", this::drainListeners)
        .post("/healthcheck/fail", _ -> healthCheck(true))
        .post("/healthcheck/ok", _ -> healthCheck(false))
        .get("/status", _ -> AdminResponse.json(200, RecordJson.of(proxy.status())))
        .get("/upstreams", _ -> AdminResponse.json(200, RecordJson.of(upstreams())))
        .get("/compiled", _ -> AdminResponse.json(200, RecordJson.of(compiled())))
        .post("/renew", _ -> renew())
        .post("/drain", _ -> drain());
  }

  AdminServer.Builder metrics(InetSocketAddress address) {
    return AdminServer.builder(address)
        .get("/stats/prometheus", _ -> metrics())
        .get("/metrics", _ -> metrics());
  }

  AdminServer.Builder readiness(InetSocketAddress address) {
    return AdminServer.builder(address)
        .get("/ready", this::ready)
        .get("/healthz/ready", this::ready);
  }

  private static AdminResponse help() {
    return AdminResponse.text(
        200,
        """
        GET  /certs             what is trusted, the own chain, days until each ends
        GET  /clusters          upstreams and endpoints (?format=json)
        GET  /compiled          the configuration as it is obeyed
        GET  /config_dump       the configuration as it came (?include_eds, ?resource=dynamic_listeners)
        POST /drain             begin the end: readiness false, peers are told, then a deadline
        POST /drain_listeners   take no more connections and end those that stand (?inboundonly)
        POST /healthcheck/fail  readiness false
        POST /healthcheck/ok    readiness as it is
        GET  /listeners         addresses (?format=json)
        GET  /logging           levels
        POST /logging           change them: ?level=debug, ?paths=name:debug,name:warn, ?name=debug
        GET  /memory            bytes
        GET  /ready             LIVE, or 503 and why not
        POST /renew             renew the own certificate now
        GET  /server_info       version, state, concurrency
        GET  /stats             numbers (?filter=RE2, ?usedonly, ?format=json or prometheus)
        GET  /stats/prometheus  metrics
        GET  /status            identity, control plane, connections
        GET  /upstreams         upstreams in detail: states, causes, breakers
        """);
  }

  private AdminResponse metrics() {
    return AdminResponse.of(200, Metrics.CONTENT_TYPE, proxy.metrics().prometheus());
  }

  private AdminResponse ready(AdminRequest request) {
    String problem = proxy.notReady();
    return AdminResponse.json(
        problem.isEmpty() ? 200 : 503, RecordJson.of(new ReadyPage(problem.isEmpty(), problem)));
  }

  private AdminResponse live() {
    String problem = proxy.notReady();
    String state = state().name();
    return problem.isEmpty()
        ? AdminResponse.text(200, "LIVE\n")
        : AdminResponse.text(503, state + ": " + problem + "\n");
  }

  private ServerInfo.State state() {
    if (proxy.isLeaving()) {
      return ServerInfo.State.DRAINING;
    }
    return proxy.isReady() ? ServerInfo.State.LIVE : ServerInfo.State.INITIALIZING;
  }

  private AdminResponse serverInfo() {
    String version = Proxy.class.getPackage().getImplementationVersion();
    return ProcessPages.serverInfo(
        version == null ? "development" : version,
        proxy.status().node(),
        state(),
        proxy.plane().concurrency(),
        proxy.uptime());
  }

  private AdminResponse certs() {
    return ProcessPages.certs(
        proxy.identityClient().svid(), proxy.identityClient().bundles(), Instant.now());
  }

  private AdminResponse renew() {
    proxy.renewSoon();
    return AdminResponse.text(202, "renewing; the new serial number will be at /status\n");
  }

  private AdminResponse drain() {
    var _ = proxy.drainTrigger().begin("POST /drain");
    return AdminResponse.text(202, "draining\n");
  }

  private AdminResponse drainListeners(AdminRequest request) {
    proxy.plane().drainListeners(request.query().containsKey("inboundonly"));
    return AdminResponse.text(200, "OK\n");
  }

  private AdminResponse healthCheck(boolean fail) {
    proxy.failHealthCheck(fail);
    return AdminResponse.text(200, "OK\n");
  }

  private static boolean wantsJson(AdminRequest request) {
    return request.query().getOrDefault("format", List.of("text")).getFirst().equals("json");
  }

  private AdminResponse clusters(AdminRequest request) {
    return wantsJson(request)
        ? ClusterPages.json(proxy.plane().upstreams().all())
        : ClusterPages.text(proxy.plane().upstreams().all());
  }

  private AdminResponse listeners(AdminRequest request) {
    return wantsJson(request)
        ? ListenerPages.json(proxy.plane().listeners().all())
        : ListenerPages.text(proxy.plane().listeners().all());
  }

  private AdminResponse stats(AdminRequest request) {
    return request.query().getOrDefault("format", List.of("")).getFirst().equals("prometheus")
        ? metrics()
        : StatPages.answer(request, numbers());
  }

  /** Collects what there is to count by the names that Envoy has for it. */
  private SortedMap<String, Long> numbers() {
    SortedMap<String, Long> numbers = new TreeMap<>();
    for (Upstream upstream : proxy.plane().upstreams().all()) {
      upstream
          .numbers()
          .forEach(
              (name, value) -> numbers.put("cluster." + upstream.statName() + "." + name, value));
    }
    numbers.put("cluster_manager.active_clusters", (long) proxy.plane().upstreams().all().size());
    numbers.put(
        "listener_manager.total_listeners_active", (long) proxy.plane().listeners().all().size());
    numbers.put(
        "control_plane.connected_state", proxy.status().controlPlane().connected() ? 1L : 0);
    numbers.put("server.concurrency", (long) proxy.plane().concurrency());
    numbers.put("server.live", proxy.isLeaving() ? 0L : 1);
    numbers.put("server.state", (long) state().getNumber());
    numbers.put("server.uptime", proxy.uptime().toSeconds());
    numbers.put("server.memory_allocated", ProcessPages.allocated());
    numbers.put("server.total_connections", (long) proxy.plane().connections());
    proxy
        .identityClient()
        .svid()
        .ifPresent(svid ->
            numbers.put(
                "server.days_until_first_cert_expiring",
                ProcessPages.daysLeft(svid.leaf(), Instant.now())));
    return numbers;
  }

  private List<UpstreamPage> upstreams() {
    List<UpstreamPage> pages = new ArrayList<>();
    for (Upstream upstream : proxy.plane().upstreams().all()) {
      UpstreamConfig config = upstream.config();
      Balancer balancer = upstream.balancer();
      pages.add(
          new UpstreamPage(
              upstream.name(),
              upstream.state().toString(),
              config == null ? "" : config.protocol().toString(),
              config == null ? "" : config.balancing().method().toString(),
              balancer == null ? new BalancerView(false, List.of(), List.of()) : balancer.view(),
              upstream.numbers()));
    }
    pages.sort(Comparator.comparing(UpstreamPage::name));
    return pages;
  }

  private Map<String, Object> compiled() {
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("listeners", proxy.plane().listeners().all());
    own.put("captured", proxy.plane().captured().all());
    List<RouteTable> tables =
        proxy.plane().routes().tables().stream().map(HostTable::table).toList();
    own.put("routes", tables);
    own.put("hosts", hosts());
    own.put(
        "upstreams",
        proxy.plane().upstreams().all().stream()
            .map(Upstream::config)
            .filter(config -> config != null)
            .toList());
    return own;
  }

  private Map<String, Object> hosts() {
    Map<String, Object> hosts = new TreeMap<>();
    proxy
        .plane()
        .routes()
        .asked()
        .forEach((name, known) ->
            hosts.put(
                name,
                known instanceof OnDemand.Known.Found<VirtualHost>(VirtualHost found)
                    ? found.host()
                    : known.getClass().getSimpleName()));
    return hosts;
  }
}
