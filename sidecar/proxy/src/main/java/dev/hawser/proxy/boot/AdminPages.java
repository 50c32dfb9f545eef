package dev.hawser.proxy.boot;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.admin.AdminRequest;
import dev.hawser.engine.admin.AdminResponse;
import dev.hawser.engine.admin.AdminServer;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.BalancerView;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.routing.HostTable;
import dev.hawser.proxy.routing.RouteBook;
import dev.hawser.proxy.upstream.Upstream;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The pages of the admin, metrics and readiness ports. Keys and certificates are not on any. */
final class AdminPages {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer()
          .usingTypeRegistry(
              TypeRegistry.newBuilder()
                  .add(HttpConnectionManager.getDescriptor())
                  .add(TcpProxy.getDescriptor())
                  .add(io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor())
                  .add(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDescriptor())
                  .add(Router.getDescriptor())
                  .add(TlsInspector.getDescriptor())
                  .add(DownstreamTlsContext.getDescriptor())
                  .add(UpstreamTlsContext.getDescriptor())
                  .add(HttpProtocolOptions.getDescriptor())
                  .add(PreviousHostsPredicate.getDescriptor())
                  .build());

  private final Proxy proxy;

  AdminPages(Proxy proxy) {
    this.proxy = proxy;
  }

  /** What {@code /clusters} says about one upstream. */
  private record UpstreamPage(
      String name,
      String state,
      String protocol,
      String policy,
      BalancerView endpoints,
      Map<String, Long> numbers) {}

  /** What {@code /ready} says. */
  private record ReadyPage(boolean ready, String detail) {}

  AdminServer.Builder admin(InetSocketAddress address) {
    return AdminServer.builder(address)
        .get("/config_dump", _ -> AdminResponse.json(200, configDump()))
        .get("/clusters", _ -> AdminResponse.json(200, RecordJson.of(upstreams())))
        .get("/listeners", _ -> AdminResponse.json(200, RecordJson.of(listeners())))
        .get("/stats", _ -> AdminResponse.text(200, stats()))
        .get("/stats/prometheus", _ -> metrics())
        .get("/status", _ -> AdminResponse.json(200, RecordJson.of(proxy.status())))
        .get("/ready", this::ready)
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

  private AdminResponse metrics() {
    return AdminResponse.of(200, Metrics.CONTENT_TYPE, proxy.metrics().prometheus());
  }

  private AdminResponse ready(AdminRequest request) {
    String problem = proxy.notReady();
    return AdminResponse.json(
        problem.isEmpty() ? 200 : 503, RecordJson.of(new ReadyPage(problem.isEmpty(), problem)));
  }

  private AdminResponse renew() {
    proxy.renewSoon();
    return AdminResponse.text(202, "renewing; the new serial number will be at /status\n");
  }

  private AdminResponse drain() {
    var _ = proxy.drainTrigger().begin("POST /drain");
    return AdminResponse.text(202, "draining\n");
  }

  /** Writes the numbers of each upstream as Envoy does. */
  private String stats() {
    StringBuilder out = new StringBuilder(4096);
    proxy.plane().upstreams().all().stream()
        .sorted(Comparator.comparing(Upstream::name))
        .forEach(upstream ->
            upstream
                .numbers()
                .forEach((name, value) ->
                    out.append("cluster.")
                        .append(upstream.name())
                        .append('.')
                        .append(name)
                        .append(": ")
                        .append(value)
                        .append('\n')));
    return out.toString();
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

  private List<String> listeners() {
    return proxy.plane().listeners().all().stream()
        .map(listener -> listener.name() + "::" + listener.address())
        .toList();
  }

  private String configDump() {
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("listeners", proxy.plane().listeners().all());
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
    return "{\n\"own\": " + RecordJson.of(own) + ",\n\"xds\": " + rawDump() + "}\n";
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
                known instanceof RouteBook.OnDemand.Found found
                    ? found.host().host()
                    : known.getClass().getSimpleName()));
    return hosts;
  }

  private String rawDump() {
    StringBuilder out = new StringBuilder("{");
    String comma = "";
    for (Map.Entry<String, Map<String, Message>> type : proxy.raw().entrySet()) {
      out.append(comma).append("\n\"").append(type.getKey()).append("\": [");
      comma = ",";
      String inner = "";
      for (Message message : type.getValue().values()) {
        out.append(inner).append('\n').append(print(message));
        inner = ",";
      }
      out.append("]");
    }
    return out.append("}\n").toString();
  }

  private static String print(Message message) {
    try {
      return PRINTER.print(message);
    } catch (InvalidProtocolBufferException e) {
      return RecordJson.of(String.valueOf(e.getMessage()));
    }
  }
}
