package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.controlplane.snapshot.SnapshotHolder;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.health.v3.ClusterEndpointsHealth;
import io.envoyproxy.envoy.service.health.v3.ClusterHealthCheck;
import io.envoyproxy.envoy.service.health.v3.EndpointHealth;
import io.envoyproxy.envoy.service.health.v3.EndpointHealthResponse;
import io.envoyproxy.envoy.service.health.v3.HealthCheckRequest;
import io.envoyproxy.envoy.service.health.v3.HealthCheckRequestOrEndpointHealthResponse;
import io.envoyproxy.envoy.service.health.v3.HealthCheckSpecifier;
import io.envoyproxy.envoy.service.health.v3.HealthDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.health.v3.LocalityEndpointsHealth;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gateways are told what to probe, and their reports are heard. */
class HealthServiceTest {
  private final MeshFixture mesh = MeshFixture.standard();
  private final SnapshotHolder snapshots = new SnapshotHolder();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final BlockingQueue<HealthCheckSpecifier> told = new LinkedBlockingQueue<>();
  private final BlockingQueue<Status.Code> ended = new LinkedBlockingQueue<>();
  private volatile dev.hawser.trust.spiffe.SpiffeId caller = Nodes.GATEWAY;
  private final HealthService service =
      new HealthService(snapshots, () -> caller, new Listener(), () -> MeshFixture.NOW);
  private final DiscoveryServer server = new DiscoveryServer(service);
  private final ManagedChannel channel = server.channel();

  private final class Listener implements ProbeListener {
    @Override
    public void answered(String cluster, String address, Instant at) {
      heard.add("answered " + cluster + " " + address);
    }

    @Override
    public void failed(String cluster, String address, Instant at) {
      heard.add("failed " + cluster + " " + address);
    }
  }

  @AfterEach
  void stop() {
    service.close();
    channel.shutdownNow();
    server.close();
  }

  @Test
  void aGatewayIsToldToProbeEveryGatewayOfEveryOtherClusterOnceASecond() throws Exception {
    snapshots.publish(mesh.snapshot());
    introduce(open(), Nodes.node("gw-1", "gateway", "127.1.0.2"));

    HealthCheckSpecifier specifier = next();
    assertThat(specifier.getInterval().getSeconds()).isEqualTo(1);
    assertThat(specifier.getClusterHealthChecksList())
        .extracting(ClusterHealthCheck::getClusterName)
        .containsExactly("gateway.north.mesh.internal", "gateway.west.mesh.internal");
    ClusterHealthCheck west = specifier.getClusterHealthChecks(1);
    assertThat(west.getLocalityEndpoints(0).getEndpointsCount()).isEqualTo(2);
    assertThat(west.getHealthChecks(0).getHttpHealthCheck().getPath()).isEqualTo("/ready");
    assertThat(west.getTransportSocketMatches(0).getTransportSocket().toString())
        .contains("spiffe://west.mesh.internal/ns/hawser-system/sa/gateway");
  }

  @Test
  void aNewMemberIsProbedFromThenOn() throws Exception {
    introduce(open(), Nodes.node("gw-1", "gateway", "127.1.0.2"));
    snapshots.publish(mesh.snapshot());
    next();
    mesh.remote("south", "127.4.0.2:15443");

    snapshots.publish(mesh.snapshot());

    assertThat(next().getClusterHealthChecksCount()).isEqualTo(3);
  }

  @Test
  void aReportIsHeardByClusterAndAddress() throws Exception {
    snapshots.publish(mesh.snapshot());
    var gateway = open();
    introduce(gateway, Nodes.node("gw-1", "gateway", "127.1.0.2"));
    next();

    gateway.onNext(report("gateway.west.mesh.internal", "127.2.0.2", HealthStatus.HEALTHY));
    gateway.onNext(report("gateway.west.mesh.internal", "127.2.0.3", HealthStatus.TIMEOUT));

    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("answered west 127.2.0.2:15443");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("failed west 127.2.0.3:15443");
  }

  @Test
  void aReportAboutAnythingElseIsNotHeard() throws Exception {
    snapshots.publish(mesh.snapshot());
    var gateway = open();
    introduce(gateway, Nodes.node("gw-1", "gateway", "127.1.0.2"));
    next();

    gateway.onNext(report("gateway.north.mesh.internal", "127.2.0.2", HealthStatus.UNHEALTHY));
    gateway.onNext(report("gateway.west.mesh.internal", "127.9.9.9", HealthStatus.UNHEALTHY));
    gateway.onNext(report("gateway.west.mesh.internal", "127.2.0.2", HealthStatus.UNKNOWN));
    gateway.onNext(report("gateway.west.mesh.internal", "127.2.0.3", HealthStatus.UNHEALTHY));

    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("failed west 127.2.0.3:15443");
    assertThat(heard).isEmpty();
  }

  @Test
  void whoIsNoGatewayDoesNotProbe() throws Exception {
    snapshots.publish(mesh.snapshot());
    caller = Nodes.WEB;
    introduce(open(), Nodes.node("web-1", "sidecar", "127.1.0.10"));
    assertThat(ended.poll(10, TimeUnit.SECONDS)).isEqualTo(Status.Code.PERMISSION_DENIED);

    introduce(open(), Nodes.node("web-1", "gateway", "127.1.0.10"));
    assertThat(ended.poll(10, TimeUnit.SECONDS)).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  private StreamObserver<HealthCheckRequestOrEndpointHealthResponse> open() {
    return HealthDiscoveryServiceGrpc.newStub(channel)
        .streamHealthCheck(
            new StreamObserver<>() {
              @Override
              public void onNext(HealthCheckSpecifier specifier) {
                told.add(specifier);
              }

              @Override
              public void onError(Throwable failure) {
                ended.add(Status.fromThrowable(failure).getCode());
              }

              @Override
              public void onCompleted() {
                ended.add(Status.Code.OK);
              }
            });
  }

  private static void introduce(
      StreamObserver<HealthCheckRequestOrEndpointHealthResponse> stream, Node node) {
    stream.onNext(
        HealthCheckRequestOrEndpointHealthResponse.newBuilder()
            .setHealthCheckRequest(HealthCheckRequest.newBuilder().setNode(node))
            .build());
  }

  private HealthCheckSpecifier next() throws InterruptedException {
    HealthCheckSpecifier specifier = told.poll(10, TimeUnit.SECONDS);
    assertThat(specifier).as("a specifier within 10 s").isNotNull();
    return specifier;
  }

  private static HealthCheckRequestOrEndpointHealthResponse report(
      String cluster, String address, HealthStatus status) {
    return HealthCheckRequestOrEndpointHealthResponse.newBuilder()
        .setEndpointHealthResponse(
            EndpointHealthResponse.newBuilder()
                .addClusterEndpointsHealth(
                    ClusterEndpointsHealth.newBuilder()
                        .setClusterName(cluster)
                        .addLocalityEndpointsHealth(
                            LocalityEndpointsHealth.newBuilder()
                                .addEndpointsHealth(
                                    EndpointHealth.newBuilder()
                                        .setHealthStatus(status)
                                        .setEndpoint(
                                            io.envoyproxy.envoy.config.endpoint.v3.Endpoint
                                                .newBuilder()
                                                .setAddress(
                                                    SocketPlace.address(address, 15443)))))))
        .build();
  }
}
