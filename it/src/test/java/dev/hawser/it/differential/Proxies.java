package dev.hawser.it.differential;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.LoneSidecar;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.SnapshotServer;
import dev.hawser.it.programs.EnvoyProxy;
import dev.hawser.it.programs.Place;
import dev.hawser.testing.ports.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A real Envoy and a real sidecar, each with one worker's view of the same snapshot. */
final class Proxies implements AutoCloseable {
  private static final String ENVOY = "127.0.0.2";
  private static final String SIDECAR = "127.0.0.3";

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Map<String, Integer> ports = new LinkedHashMap<>();

  private Proxies() {}

  /** Starts both and waits until both have taken everything. */
  static Proxies start(String name, List<Configuration> configurations, Applications applications)
      throws IOException {
    Proxies proxies = new Proxies();
    try {
      proxies.begin(Home.folder(name), configurations, applications);
      return proxies;
    } catch (IOException | RuntimeException | AssertionError e) {
      proxies.close();
      throw e;
    }
  }

  private void begin(Path folder, List<Configuration> configurations, Applications applications)
      throws IOException {
    configurations.forEach(configuration -> ports.put(configuration.name(), FreePorts.next()));
    Map<String, Map<String, Any>> forEnvoy =
        Snapshot.of(configurations, applications, ENVOY, ports);
    Map<String, Map<String, Any>> forSidecar =
        Snapshot.of(configurations, applications, SIDECAR, ports);
    SnapshotServer envoyServer = keep(SnapshotServer.plain(forEnvoy));
    EnvoyProxy envoy =
        keep(EnvoyProxy.start("envoy", Place.local(folder), bootstrap(envoyServer.port())));
    LoneSidecar sidecar = keep(LoneSidecar.start(folder, SIDECAR, forSidecar, Map.of()));
    awaitReady("envoy", ENVOY, envoyServer, envoy.process());
    awaitReady("sidecar", SIDECAR, sidecar.server(), sidecar.process());
  }

  InetSocketAddress envoy(Configuration configuration) {
    return new InetSocketAddress(ENVOY, ports.getOrDefault(configuration.name(), 0));
  }

  InetSocketAddress sidecar(Configuration configuration) {
    return new InetSocketAddress(SIDECAR, ports.getOrDefault(configuration.name(), 0));
  }

  private static String bootstrap(int port) {
    return """
    node: {id: differential, cluster: differential}
    dynamic_resources:
      ads_config:
        api_type: DELTA_GRPC
        transport_api_version: V3
        grpc_services: [{envoy_grpc: {cluster_name: ads}}]
      lds_config: {ads: {}, resource_api_version: V3}
      cds_config: {ads: {}, resource_api_version: V3}
    static_resources:
      clusters:
      - name: ads
        type: STATIC
        connect_timeout: 5s
        typed_extension_protocol_options:
          envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
            "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
            explicit_http_config: {http2_protocol_options: {}}
        load_assignment:
          cluster_name: ads
          endpoints:
          - lb_endpoints:
            - endpoint:
                address: {socket_address: {address: 127.0.0.1, port_value: %d}}
    """
        .formatted(port);
  }

  private void awaitReady(String name, String address, SnapshotServer server, Managed process) {
    Awaitility.await(name + " listens at all ports")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .failFast(() -> {
          assertThat(server.refusals()).as(name + " refuses").isEmpty();
          assertThat(process.isAlive()).as(process.lastWords()).isTrue();
        })
        .until(() ->
            server.isAcknowledged(Snapshot.LISTENERS)
                && server.isAcknowledged(Snapshot.ROUTES)
                && server.isAcknowledged(Snapshot.CLUSTERS)
                && allListen(address, ports.values()));
  }

  private static boolean allListen(String address, Collection<Integer> all) {
    return all.stream().allMatch(port -> listens(address, port));
  }

  private static boolean listens(String address, int port) {
    try (Socket socket = new Socket(address, port)) {
      return socket.isConnected();
    } catch (IOException _) {
      return false;
    }
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        throw new AssertionError("closing " + part, e);
      }
    }
  }
}
