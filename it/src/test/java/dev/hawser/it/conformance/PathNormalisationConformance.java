package dev.hawser.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import dev.hawser.testing.ports.FreePorts;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Istio's table of paths (345 cases): what is forwarded is what policy looked at. */
class PathNormalisationConformance {
  /**
   * Later versions of Istio's table expect this one resolved, and so do we in every mode but NONE.
   */
  private static final Map<String, String> LATER = Map.of("/..;/admin", "/admin");

  @Test
  void everyPathArrivesAsIstiosTableSays() throws Exception {
    JsonNode table = Vectors.json(Vectors.folder("istio-normalization").resolve("cases.json"));
    Map<String, String> deviations = new LinkedHashMap<>();
    Map<String, Integer> passed = new TreeMap<>();
    try (Recorder app = Recorder.start();
        PlaneFromXds plane = new PlaneFromXds()) {
      plane.cluster(cluster(app.port()));
      Map<String, Integer> ports = new TreeMap<>();
      for (JsonNode one : table.get("cases")) {
        String mode = one.get("mode").asText();
        if (!ports.containsKey(mode)) {
          int port = FreePorts.next();
          plane.listener(listener(mode, port));
          ports.put(mode, port);
        }
        String input = one.get("input").asText();
        String seen = ask(app, ports.getOrDefault(mode, 0), withoutFragment(input));
        String wanted =
            LATER.getOrDefault(
                input,
                one.get("expectedPath").isNull()
                    ? Integer.toString(one.get("expectedStatus").asInt())
                    : one.get("expectedPath").asText());
        if (seen.equals(wanted)) {
          passed.merge(one.get("group").asText(), 1, Integer::sum);
        } else {
          deviations.put(mode + " " + input, seen + " (expected: " + wanted + ")");
        }
      }
    }
    int sum = passed.values().stream().mapToInt(Integer::intValue).sum();
    System.out.println("CONFORMANCE path-normalisation " + sum + " of 345 " + passed);
    assertThat(deviations).isEmpty();
    assertThat(sum).isEqualTo(345);
  }

  /** Istio's own client never sends a fragment. */
  private static String withoutFragment(String path) {
    int mark = path.indexOf('#');
    return mark < 0 ? path : path.substring(0, mark);
  }

  /** Returns the target that the application saw, else the status. */
  private static String ask(Recorder app, int port, String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      String request = "GET " + path + " HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      socket.getInputStream().transferTo(answer);
      String seen = app.targets.poll();
      String status = answer.toString(StandardCharsets.ISO_8859_1).split(" ", 3)[1];
      return status.equals("200") && seen != null ? seen : status;
    }
  }

  private static Address loopback(int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port))
        .build();
  }

  private static Cluster cluster(int port) {
    return Cluster.newBuilder()
        .setName("app")
        .setType(Cluster.DiscoveryType.STATIC)
        .setConnectTimeout(Duration.newBuilder().setSeconds(1))
        .setLoadAssignment(
            ClusterLoadAssignment.newBuilder()
                .setClusterName("app")
                .addEndpoints(
                    LocalityLbEndpoints.newBuilder()
                        .addLbEndpoints(
                            LbEndpoint.newBuilder()
                                .setEndpoint(Endpoint.newBuilder().setAddress(loopback(port))))))
        .build();
  }

  private static Listener listener(String mode, int port) {
    HttpConnectionManager manager =
        manager(mode)
            .setStatPrefix("in")
            .setRouteConfig(routes())
            .addHttpFilters(
                HttpFilter.newBuilder()
                    .setName("router")
                    .setTypedConfig(Any.pack(Router.getDefaultInstance())))
            .build();
    return Listener.newBuilder()
        .setName(mode)
        .setAddress(loopback(port))
        .addFilterChains(
            FilterChain.newBuilder()
                .addFilters(Filter.newBuilder().setName("http").setTypedConfig(Any.pack(manager))))
        .build();
  }

  /** As Istio translates its modes. */
  private static HttpConnectionManager.Builder manager(String mode) {
    HttpConnectionManager.Builder manager = HttpConnectionManager.newBuilder();
    return switch (mode) {
      case "NONE" -> manager.setNormalizePath(BoolValue.of(false));
      case "BASE" -> manager.setNormalizePath(BoolValue.of(true));
      case "MERGE_SLASHES" -> manager.setNormalizePath(BoolValue.of(true)).setMergeSlashes(true);
      case "DECODE_AND_MERGE_SLASHES" ->
          manager
              .setNormalizePath(BoolValue.of(true))
              .setMergeSlashes(true)
              .setPathWithEscapedSlashesAction(
                  HttpConnectionManager.PathWithEscapedSlashesAction.UNESCAPE_AND_FORWARD);
      default -> throw new AssertionError(mode + " (expected: one of Istio's four modes)");
    };
  }

  private static RouteConfiguration routes() {
    return RouteConfiguration.newBuilder()
        .setName("routes")
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName("all")
                .addDomains("*")
                .addRoutes(
                    Route.newBuilder()
                        .setName("all")
                        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                        .setRoute(RouteAction.newBuilder().setCluster("app"))))
        .build();
  }
}
