package dev.hawser.gateway.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Duration;
import dev.hawser.engine.loop.ClientOptions;
import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.testing.FakeControlPlane;
import dev.hawser.engine.testing.MutableIdentity;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.verify.ExpectedPeers;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.service.health.v3.ClusterHealthCheck;
import io.envoyproxy.envoy.service.health.v3.HealthCheckSpecifier;
import io.envoyproxy.envoy.service.health.v3.LocalityEndpoints;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeTest {
  private static final String WEST = "gateway.west.mesh.internal";

  @TempDir private Path eastDir;
  @TempDir private Path westDir;

  private final TestAuthority authority = TestAuthority.create();
  private TestGateway east;
  private TestGateway west;

  @BeforeEach
  void start() throws Exception {
    east = gateway("east", eastDir);
    west = gateway("west", westDir);
  }

  private TestGateway gateway(String cluster, Path dir) throws Exception {
    FakeControlPlane controlPlane =
        new FakeControlPlane(authority.controlPlane(cluster), authority.bundles(cluster));
    TestGateway gateway = TestGateway.start(authority, cluster, dir, controlPlane);
    gateway.publish();
    await().until(() -> gateway.gateway.isListening());
    return gateway;
  }

  @AfterEach
  void stop() {
    east.close();
    west.close();
  }

  /** Has east probe west's gateways at these ports, ten times a second. */
  private void probe(int... ports) throws Exception {
    await().until(() -> east.controlPlane.health().poll() != null);
    LocalityEndpoints.Builder place = LocalityEndpoints.newBuilder();
    for (int port : ports) {
      place.addEndpoints(TestGateway.endpoint(port));
    }
    east.controlPlane.ask(
        HealthCheckSpecifier.newBuilder()
            .setInterval(Duration.newBuilder().setNanos(100_000_000))
            .addClusterHealthChecks(
                ClusterHealthCheck.newBuilder()
                    .setClusterName(WEST)
                    .addHealthChecks(
                        HealthCheck.newBuilder()
                            .setInterval(Duration.newBuilder().setNanos(100_000_000))
                            .setTimeout(Duration.newBuilder().setNanos(500_000_000)))
                    .addLocalityEndpoints(place))
            .build());
  }

  /** Returns the newest report: status by port. */
  private Map<Integer, HealthStatus> report() throws Exception {
    Map<Integer, HealthStatus> statuses = new TreeMap<>();
    var next = east.controlPlane.health().poll(5, TimeUnit.SECONDS);
    while (next != null) {
      statuses.clear();
      next.getEndpointHealthResponse()
          .getClusterEndpointsHealthList()
          .forEach(cluster ->
              cluster
                  .getLocalityEndpointsHealthList()
                  .forEach(place ->
                      place
                          .getEndpointsHealthList()
                          .forEach(e ->
                              statuses.put(
                                  e.getEndpoint().getAddress().getSocketAddress().getPortValue(),
                                  e.getHealthStatus()))));
      next = east.controlPlane.health().poll();
    }
    return statuses;
  }

  @Test
  void aGatewayThatWorksAnswersAndOneThatOnlyAcceptsDoesNot() throws Exception {
    try (ServerSocket frozen = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      probe(west.port(), frozen.getLocalPort());
      await()
          .untilAsserted(() ->
              assertThat(report())
                  .containsEntry(west.port(), HealthStatus.HEALTHY)
                  .containsEntry(frozen.getLocalPort(), HealthStatus.UNHEALTHY));
    }
  }

  @Test
  void anotherClustersGatewayIsNotTakenForThePeers() throws Exception {
    // East's own gateway answers under east's name only, and with east's identity.
    probe(east.port());
    await()
        .untilAsserted(
            () -> assertThat(report()).containsEntry(east.port(), HealthStatus.UNHEALTHY));
  }

  @Test
  void aGatewayThatStopsAndComesBackIsSeenBothTimes() throws Exception {
    int port = west.port();
    probe(port);
    await().untilAsserted(() -> assertThat(report()).containsEntry(port, HealthStatus.HEALTHY));
    west.gateway.close();
    await().untilAsserted(() -> assertThat(report()).containsEntry(port, HealthStatus.UNHEALTHY));
  }

  @Test
  void theOwnNameAnswersMembersOnly() throws Exception {
    assertThat(
            get(
                WEST,
                new MutableIdentity(
                    authority.workload("east", "shop", "web"), authority.bundles("east", "west"))))
        .startsWith("HTTP/1.1 200 OK")
        .endsWith("{\"ready\":true}");
    TestAuthority stranger = TestAuthority.create();
    assertThat(
            get(
                WEST,
                new MutableIdentity(
                    stranger.workload("east", "shop", "web"), authority.bundles("east", "west"))))
        .isEqualTo("closed");
  }

  private String get(String name, MutableIdentity identity) throws Exception {
    CompletableFuture<String> answer = new CompletableFuture<>();
    try (EventLoops loops = EventLoops.start(new EventLoops.Options(1, true, "probe-test"));
        MeshTls tls = MeshTls.start(identity, MeshTls.Options.defaults());
        var client =
            tls.client(
                List.of("http/1.1"),
                ExpectedPeers.exactly(
                    SpiffeId.parse("spiffe://west.mesh.internal/ns/hawser-system/sa/gateway")))) {
      var _ =
          loops
              .client(loops.next(), ClientOptions.defaults())
              .handler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      var _ =
                          client
                              .install(channel, name)
                              .addListener(_ -> {
                                var _ =
                                    channel.writeAndFlush(
                                        Unpooled.copiedBuffer(
                                            "GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                                            StandardCharsets.US_ASCII));
                              });
                      channel.pipeline().addLast(new Collector(answer));
                    }
                  })
              .connect(InetAddress.getLoopbackAddress(), west.port());
      return answer.get(5, TimeUnit.SECONDS);
    }
  }

  private static final class Collector extends ChannelInboundHandlerAdapter {
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<String> answer;

    Collector(CompletableFuture<String> answer) {
      this.answer = answer;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      ByteBuf bytes = (ByteBuf) msg;
      text.append(bytes.toString(StandardCharsets.US_ASCII));
      bytes.release();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      answer.complete(text.isEmpty() ? "closed" : text.toString());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      var _ = ctx.close();
    }
  }
}
