package dev.hawser.gateway.boot;

import dev.hawser.engine.admin.AdminRequest;
import dev.hawser.engine.admin.AdminResponse;
import dev.hawser.engine.admin.AdminServer;
import dev.hawser.engine.admin.pages.ConfigDumps;
import dev.hawser.engine.admin.pages.EnvoyJson;
import dev.hawser.engine.admin.pages.LogLevels;
import dev.hawser.engine.admin.pages.ProcessPages;
import dev.hawser.engine.admin.pages.StatPages;
import dev.hawser.engine.drain.DrainTrigger;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.engine.xds.AdsClient;
import dev.hawser.gateway.config.GatewayConfig;
import dev.hawser.gateway.route.Backend;
import dev.hawser.gateway.splice.Connections;
import dev.hawser.host.identity.IdentityClient;
import io.envoyproxy.envoy.admin.v3.ClusterStatus;
import io.envoyproxy.envoy.admin.v3.Clusters;
import io.envoyproxy.envoy.admin.v3.HostHealthStatus;
import io.envoyproxy.envoy.admin.v3.HostStatus;
import io.envoyproxy.envoy.admin.v3.ListenerStatus;
import io.envoyproxy.envoy.admin.v3.Listeners;
import io.envoyproxy.envoy.admin.v3.ServerInfo;
import io.envoyproxy.envoy.admin.v3.SimpleMetric;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a gateway shows of itself. */
final class AdminPages {
  private final Connections connections;
  private final AdsClient ads;
  private final DrainTrigger drain;
  private final Metrics metrics;
  private final Gateway gateway;
  private final IdentityClient identity;
  private final GatewayConfig config;
  private final Instant started = Instant.now();

  AdminPages(
      Gateway gateway,
      Connections connections,
      AdsClient ads,
      DrainTrigger drain,
      Metrics metrics,
      IdentityClient identity,
      GatewayConfig config) {
    this.gateway = gateway;
    this.connections = connections;
    this.ads = ads;
    this.drain = drain;
    this.metrics = metrics;
    this.identity = identity;
    this.config = config;
  }

  AdminServer.Builder metrics(InetSocketAddress address) {
    return AdminServer.builder(address)
        .get("/stats/prometheus", _ -> prometheus())
        .get("/metrics", _ -> prometheus());
  }

  AdminServer.Builder readiness(InetSocketAddress address) {
    return AdminServer.builder(address)
        .get("/ready", _ -> ready())
        .get("/healthz/ready", _ -> ready());
  }

  AdminServer.Builder admin(InetSocketAddress address) {
    return AdminServer.builder(address)
        .get("/", _ -> help())
        .get("/help", _ -> help())
        .get("/certs", _ -> certs())
        .get("/clusters", this::clusters)
        .get("/config_dump", request -> ConfigDumps.answer(request, ads.held()))
        .get("/listeners", this::listeners)
        .get("/logging", _ -> LogLevels.show())
        .post("/logging", LogLevels::change)
        .get("/memory", _ -> ProcessPages.memory())
        .get("/ready", _ -> ready())
        .get("/server_info", _ -> serverInfo())
        .get("/stats", this::stats)
        .get("/stats/prometheus", _ -> prometheus())
        .post("/drain_listeners", _ -> drainListeners())
        .post("/renew", _ -> renew())
        .post("/drain", _ -> drain());
  }

  private static AdminResponse help() {
    return AdminResponse.text(
        200,
        """
        GET  /certs             what is trusted, the own chain, days until each ends
        GET  /clusters          what stands behind each server name (?format=json)
        GET  /config_dump       configuration in force (?include_eds, ?resource=dynamic_active_clusters)
        POST /drain             begin the end: readiness false, peers are told, then a deadline
        POST /drain_listeners   take no more connections and end those that stand
        GET  /listeners         where it listens (?format=json)
        GET  /logging           levels
        POST /logging           change them: ?level=debug, ?paths=name:debug,name:warn, ?name=debug
        GET  /memory            bytes
        GET  /ready             ready, or 503 and why not
        POST /renew             renew the own certificate now
        GET  /server_info       version, state, concurrency
        GET  /stats             numbers (?filter=RE2, ?usedonly, ?format=json or prometheus)
        GET  /stats/prometheus  metrics
        """);
  }

  private AdminResponse certs() {
    return ProcessPages.certs(identity.svid(), identity.bundles(), Instant.now());
  }

  private AdminResponse serverInfo() {
    String version = Gateway.class.getPackage().getImplementationVersion();
    return ProcessPages.serverInfo(
        version == null ? "development" : version,
        config.node(),
        state(),
        config.workers(),
        Duration.between(started, Instant.now()));
  }

  private ServerInfo.State state() {
    if (drain.isDraining()) {
      return ServerInfo.State.DRAINING;
    }
    if (gateway.isListening()) {
      return ServerInfo.State.LIVE;
    }
    return gateway.areListenersDrained()
        ? ServerInfo.State.DRAINING
        : ServerInfo.State.INITIALIZING;
  }

  private AdminResponse prometheus() {
    return AdminResponse.of(200, Metrics.CONTENT_TYPE, metrics.prometheus());
  }

  private AdminResponse stats(AdminRequest request) {
    return request.query().getOrDefault("format", List.of("")).getFirst().equals("prometheus")
        ? prometheus()
        : StatPages.answer(request, numbers());
  }

  /** Collects what there is to count by the names that Envoy has for it. */
  private SortedMap<String, Long> numbers() {
    SortedMap<String, Long> numbers = new TreeMap<>();
    Map<String, List<Backend>> groups = connections.table().groups();
    groups.forEach((name, backends) -> {
      String prefix = "cluster." + name + ".";
      numbers.put(prefix + "membership_total", (long) backends.size());
      numbers.put(
          prefix + "membership_healthy", backends.stream().filter(Backend::healthy).count());
      numbers.put(
          prefix + "upstream_cx_active", backends.stream().mapToLong(connections::load).sum());
    });
    numbers.put("cluster_manager.active_clusters", (long) groups.size());
    numbers.put("control_plane.connected_state", ads.status().connected() ? 1L : 0);
    numbers.put("listener_manager.total_listeners_active", gateway.isListening() ? 1L : 0);
    numbers.put("server.concurrency", (long) config.workers());
    numbers.put("server.live", drain.isDraining() ? 0L : 1);
    numbers.put("server.memory_allocated", ProcessPages.allocated());
    numbers.put("server.state", (long) state().getNumber());
    numbers.put("server.total_connections", (long) connections.open());
    numbers.put("server.uptime", Duration.between(started, Instant.now()).toSeconds());
    identity
        .svid()
        .ifPresent(svid ->
            numbers.put(
                "server.days_until_first_cert_expiring",
                ProcessPages.daysLeft(svid.leaf(), Instant.now())));
    return numbers;
  }

  private AdminResponse listeners(AdminRequest request) {
    InetSocketAddress address = gateway.address();
    if (!wantsJson(request)) {
      return AdminResponse.text(
          200,
          "gateway::" + address.getAddress().getHostAddress() + ":" + address.getPort() + "\n");
    }
    ListenerStatus status =
        ListenerStatus.newBuilder().setName("gateway").setLocalAddress(of(address)).build();
    return AdminResponse.json(
        200, EnvoyJson.write(Listeners.newBuilder().addListenerStatuses(status).build()));
  }

  private static boolean wantsJson(AdminRequest request) {
    return request.query().getOrDefault("format", List.of("text")).getFirst().equals("json");
  }

  private static Address of(InetSocketAddress address) {
    return Address.newBuilder()
        .setSocketAddress(
            SocketAddress.newBuilder()
                .setAddress(address.getHostString())
                .setPortValue(address.getPort()))
        .build();
  }

  private AdminResponse drainListeners() {
    gateway.drainListeners();
    return AdminResponse.text(200, "OK\n");
  }

  private AdminResponse ready() {
    if (drain.isDraining()) {
      return AdminResponse.text(503, "draining\n");
    }
    return gateway.isListening()
        ? AdminResponse.text(200, "ready\n")
        : AdminResponse.text(
            503,
            (gateway.areListenersDrained() ? "listeners are drained" : "no configuration yet")
                + "\n");
  }

  private AdminResponse renew() {
    identity.renewSoon();
    return AdminResponse.text(202, "renewing\n");
  }

  private AdminResponse drain() {
    var _ = drain.begin("POST /drain");
    return AdminResponse.text(200, "draining, " + connections.open() + " connections open\n");
  }

  private AdminResponse clusters(AdminRequest request) {
    Map<String, List<Backend>> groups = connections.table().groups();
    if (!wantsJson(request)) {
      StringBuilder out = new StringBuilder();
      groups.forEach((name, backends) -> backends.forEach(backend -> lines(out, name, backend)));
      return AdminResponse.text(200, out.toString());
    }
    Clusters.Builder clusters = Clusters.newBuilder();
    groups.forEach((name, backends) -> {
      ClusterStatus.Builder status = ClusterStatus.newBuilder().setName(name).setAddedViaApi(true);
      backends.forEach(backend -> status.addHostStatuses(host(backend)));
      clusters.addClusterStatuses(status);
    });
    return AdminResponse.json(200, EnvoyJson.write(clusters.build()));
  }

  private void lines(StringBuilder out, String name, Backend backend) {
    String prefix = name + "::" + backend.hostPort();
    backend
        .slot()
        .ifPresent(slot -> {
          line(out, prefix, "slot", slot);
          line(out, prefix, "generation", backend.generation());
        });
    line(out, prefix, "cx_active", connections.load(backend));
    line(out, prefix, "hostname", backend.workload());
    line(out, prefix, "health_flags", backend.healthy() ? "healthy" : "/failed_eds_health");
  }

  private static void line(StringBuilder out, String prefix, String field, Object value) {
    out.append(prefix).append("::").append(field).append("::").append(value).append('\n');
  }

  private HostStatus host(Backend backend) {
    return HostStatus.newBuilder()
        .setAddress(of(backend.address()))
        .setHostname(backend.workload())
        .setHealthStatus(
            HostHealthStatus.newBuilder()
                .setEdsHealthStatus(
                    backend.healthy() ? HealthStatus.HEALTHY : HealthStatus.UNHEALTHY))
        .addStats(
            SimpleMetric.newBuilder()
                .setName("cx_active")
                .setType(SimpleMetric.Type.GAUGE)
                .setValue(connections.load(backend)))
        .build();
  }
}
