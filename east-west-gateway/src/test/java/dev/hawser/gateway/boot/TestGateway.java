package dev.hawser.gateway.boot;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.engine.testing.FakeControlPlane;
import dev.hawser.engine.xds.TypeUrls;
import dev.hawser.gateway.config.GatewayConfig;
import dev.hawser.gateway.proxyprotocol.AddressBlock;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.SvidStore;
import dev.hawser.trust.testing.TestAuthority;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A gateway in this process, with an identity on its disk and a control plane of the test. */
final class TestGateway implements AutoCloseable {
  static final GatewayConfig.Limits LIMITS =
      new GatewayConfig.Limits(
          40, 30, Duration.ofMillis(500), Duration.ofMinutes(1), Duration.ofMillis(500));

  final String cluster;
  final FakeControlPlane controlPlane;
  final Gateway gateway;
  final int adminPort;
  final int metricsPort;
  final int readyPort;
  private final Map<String, Message> clusters = new TreeMap<>();
  private final Map<String, Message> assignments = new TreeMap<>();

  private TestGateway(
      String cluster, FakeControlPlane controlPlane, Gateway gateway, GatewayConfig config) {
    this.cluster = cluster;
    this.controlPlane = controlPlane;
    this.gateway = gateway;
    this.adminPort = config.admin().getPort();
    this.metricsPort = config.metrics().orElseThrow().getPort();
    this.readyPort = config.ready().orElseThrow().getPort();
  }

  /** Writes what an enrolment would have left behind. */
  static void enrol(
      TestAuthority authority, String cluster, TrustBundles bundles, Path dir, String controlPlane)
      throws Exception {
    SvidStore store = new SvidStore(dir);
    store.saveBundles(bundles);
    Files.writeString(
        dir.resolve("enrolment.json"),
        """
        {"svid": {"spiffeId": "spiffe://%s.mesh.internal/ns/hawser-system/sa/gateway"},
         "cluster": "%s", "meshDomain": "mesh.internal", "network": "%s",
         "controlPlaneAddresses": ["%s"]}
        """
            .formatted(cluster, cluster, cluster, controlPlane));
    store.save(authority.gateway(cluster));
  }

  static TestGateway start(
      TestAuthority authority, String cluster, Path dir, FakeControlPlane controlPlane)
      throws Exception {
    enrol(authority, cluster, authority.bundles("east", "west"), dir, controlPlane.address());
    return start(cluster, dir, controlPlane);
  }

  /** Starts one that takes the word of load balancers at these addresses. */
  static TestGateway behind(
      TestAuthority authority,
      String cluster,
      Path dir,
      FakeControlPlane controlPlane,
      AddressBlock... balancers)
      throws Exception {
    enrol(authority, cluster, authority.bundles("east", "west"), dir, controlPlane.address());
    return start(cluster, dir, controlPlane, List.of(balancers));
  }

  /** Starts from what is in the directory. */
  static TestGateway start(String cluster, Path dir, FakeControlPlane controlPlane)
      throws Exception {
    return start(cluster, dir, controlPlane, List.of());
  }

  private static TestGateway start(
      String cluster, Path dir, FakeControlPlane controlPlane, List<AddressBlock> balancers)
      throws Exception {
    int admin = FreePorts.next();
    int metrics = FreePorts.next();
    int ready = FreePorts.next();
    GatewayConfig config =
        new GatewayConfig(
            "gw-" + cluster,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            "127.0.0.1:15443",
            dir,
            new GatewayConfig.Join.Before(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), admin),
            Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), metrics)),
            Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), ready)),
            Duration.ofSeconds(2),
            LIMITS,
            balancers,
            0);
    return new TestGateway(cluster, controlPlane, Gateway.start(config), config);
  }

  String sni(String service, int port) {
    return "p" + port + "." + service + "." + cluster + ".mesh.internal";
  }

  /** Exports a port with these endpoints; replaces what it had. */
  TestGateway export(String service, int port, LbEndpoint... endpoints) {
    String name = sni(service, port);
    clusters.put(
        name, Cluster.newBuilder().setName(name).setType(Cluster.DiscoveryType.EDS).build());
    LocalityLbEndpoints.Builder place = LocalityLbEndpoints.newBuilder();
    for (LbEndpoint endpoint : endpoints) {
      place.addLbEndpoints(endpoint);
    }
    assignments.put(
        name, ClusterLoadAssignment.newBuilder().setClusterName(name).addEndpoints(place).build());
    return this;
  }

  TestGateway withdraw(String service, int port) {
    clusters.remove(sni(service, port));
    assignments.remove(sni(service, port));
    return this;
  }

  TestGateway controlPlaneAt(int port) {
    String name = "control-plane." + cluster + ".mesh.internal";
    clusters.put(
        name,
        Cluster.newBuilder()
            .setName(name)
            .setType(Cluster.DiscoveryType.STATIC)
            .setLoadAssignment(
                ClusterLoadAssignment.newBuilder()
                    .addEndpoints(
                        LocalityLbEndpoints.newBuilder()
                            .addLbEndpoints(LbEndpoint.newBuilder().setEndpoint(endpoint(port)))))
            .build());
    return this;
  }

  void publish() {
    controlPlane.publish(TypeUrls.ENDPOINT, assignments);
    controlPlane.publish(TypeUrls.CLUSTER, clusters);
  }

  static LbEndpoint slot(int slot, int generation, int port) {
    return slot(slot, generation, port, HealthStatus.HEALTHY);
  }

  static LbEndpoint slot(int slot, int generation, int port, HealthStatus health) {
    Struct hawser =
        Struct.newBuilder()
            .putFields("slot", Value.newBuilder().setNumberValue(slot).build())
            .putFields("generation", Value.newBuilder().setNumberValue(generation).build())
            .putFields("workload", Value.newBuilder().setStringValue("pod-" + slot).build())
            .build();
    return LbEndpoint.newBuilder()
        .setEndpoint(endpoint(port))
        .setHealthStatus(health)
        .setMetadata(Metadata.newBuilder().putFilterMetadata("hawser", hawser))
        .build();
  }

  static Endpoint endpoint(int port) {
    return Endpoint.newBuilder()
        .setAddress(
            Address.newBuilder()
                .setSocketAddress(
                    SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port)))
        .build();
  }

  int port() {
    return gateway.address().getPort();
  }

  HttpResponse<String> admin(String method, String path) throws Exception {
    return ask(adminPort, method, path);
  }

  static HttpResponse<String> ask(int port, String method, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  /** Waits until it takes no more connections. */
  void awaitNothingNew() {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
    await()
        .untilAsserted(() -> {
          try (Socket socket = new Socket()) {
            assertThatThrownBy(() -> socket.connect(address, 100)).isInstanceOf(IOException.class);
          }
        });
  }

  Socket connect() throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout(5000);
    return socket;
  }

  @Override
  public void close() {
    gateway.close();
    controlPlane.close();
  }
}
