package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.PeerState;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.MeshTrust;
import dev.hawser.controlplane.snapshot.Present;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteGateway;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.Certificates;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.xds.XdsChannelCredentials;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** grpc-java's own xDS client, with certificates from files, as a client of this control plane. */
class GrpcClientTest {
  private static final ServiceName GREETER = ServiceName.parse("greeter.shop");
  private static final String BOOTSTRAP = "io.grpc.xds.bootstrapConfig";

  private final TestAuthority authority = TestAuthority.create();
  private final MeshFixture mesh = new MeshFixture();
  private final DiscoveryServer discovery = new DiscoveryServer();
  private final BlockingQueue<String> asked = new LinkedBlockingQueue<>();
  private final List<Server> servers = new ArrayList<>();
  private @TempDir Path files;

  @BeforeEach
  void configure() throws IOException {
    Svid web = authority.svid(Nodes.WEB);
    Files.writeString(files.resolve("tls.crt"), Certificates.toPem(web.chain()));
    Files.writeString(files.resolve("tls.key"), KeyMaterial.toPem(web.privateKey()));
    Files.writeString(files.resolve("ca.crt"), authority.root().certificatePem());
    System.setProperty(
        BOOTSTRAP,
        """
        {"xds_servers": [{"server_uri": "127.0.0.1:%d", "channel_creds": [{"type": "insecure"}],
           "server_features": ["xds_v3"]}],
         "node": {"id": "grpc-1", "locality": {"region": "east", "zone": "a"}},
         "certificate_providers": {"default": {"plugin_name": "file_watcher", "config": {
           "certificate_file": "%s", "private_key_file": "%s", "ca_certificate_file": "%s",
           "refresh_interval": "60s"}}}}
        """
            .formatted(
                discovery.port(),
                files.resolve("tls.crt"),
                files.resolve("tls.key"),
                files.resolve("ca.crt")));
  }

  @AfterEach
  void stop() {
    System.clearProperty(BOOTSTRAP);
    servers.forEach(Server::shutdownNow);
    discovery.close();
  }

  @Test
  void aCallGoesToTheLocalEndpointAndThroughTheGatewayWhenThatIsGoneEachUnderItsOwnName()
      throws Exception {
    greeterInEast("spiffe://east.mesh.internal/ns/shop/sa/greeter");
    greeterInWest("spiffe://west.mesh.internal/ns/shop/sa/greeter");
    publish();
    ManagedChannel channel = channel("xds:///greeter.shop");
    try {
      awaitAnswerAs(channel, "p9000.greeter.shop.east.mesh.internal");
      assertThat(discovery.proxies.proxies())
          .singleElement()
          .satisfies(proxy -> assertThat(proxy.kind()).isEqualTo(ProxyKind.GRPC))
          .satisfies(proxy -> assertThat(proxy.nack()).isEmpty());

      mesh.present.clear();
      publish();

      awaitAnswerAs(channel, "p9000.greeter.shop.west.mesh.internal");
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aServerThatIsNotWhoMayServeIsNotCalled() throws Exception {
    greeterInEast("spiffe://east.mesh.internal/ns/shop/sa/thief");
    publish();
    ManagedChannel channel = channel("xds:///greeter.shop:9000");
    try {
      assertThat(
              org.assertj.core.api.Assertions.catchThrowableOfType(
                  StatusRuntimeException.class, () -> call(channel)))
          .isNotNull();
      assertThat(asked).isEmpty();
    } finally {
      channel.shutdownNow();
    }
  }

  /** A slow machine may pass by the first priority for a while before it connects. */
  private void awaitAnswerAs(ManagedChannel channel, String name) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          call(channel);
          return name.equals(asked.poll(10, TimeUnit.SECONDS));
        });
  }

  private void greeterInEast(String identity) throws IOException {
    int port = serve("127.1.1.4", identity);
    mesh.add(
        GREETER, MeshFixture.port(9000, Protocol.GRPC), Exposure.everyone(), "east/a:127.1.1.4");
    mesh.present.clear();
    mesh.present.add(
        new Present("127.1.1.4", "spiffe://east.mesh.internal/ns/shop/sa/greeter", port));
  }

  private void greeterInWest(String identity) throws IOException {
    int port = serve("127.2.0.2", identity);
    mesh.remotes.add(
        new RemoteCluster(
            "west",
            "west.mesh.internal",
            List.of(new RemoteGateway("127.2.0.2:" + port, true)),
            PeerState.LIVE,
            MeshFixture.NOW));
    mesh.export("west", GREETER, MeshFixture.port(9000, Protocol.GRPC), 0, 1);
    assertThat(Locality.parse("west/a").region()).isEqualTo("west");
  }

  private void publish() {
    mesh.trust = MeshTrust.of(authority.bundles("east", "west"));
    discovery.snapshots.publish(mesh.snapshot());
  }

  private static ManagedChannel channel(String target) {
    return Grpc.newChannelBuilder(
            target, XdsChannelCredentials.create(InsecureChannelCredentials.create()))
        .build();
  }

  private static void call(ManagedChannel channel) {
    HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(60, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance());
  }

  private int serve(String address, String identity) throws IOException {
    Svid svid = authority.svid(identity);
    SslContextBuilder tls =
        SslContextBuilder.forServer(svid.privateKey(), svid.chainWith())
            .trustManager(authority.root().certificate())
            .clientAuth(ClientAuth.REQUIRE);
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.ofLiteral(address), 0))
            .sslContext(GrpcSslContexts.configure(tls, SslProvider.JDK).build())
            .addService(
                ServerInterceptors.intercept(
                    new HealthStatusManager().getHealthService(), new SniRecorder()))
            .build()
            .start();
    servers.add(server);
    return server.getPort();
  }

  /** Notes the server name that each call's connection was opened with. */
  private final class SniRecorder implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      ExtendedSSLSession session =
          (ExtendedSSLSession)
              Objects.requireNonNull(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
      asked.add(
          session.getRequestedServerNames().stream()
              .map(name -> ((SNIHostName) name).getAsciiName())
              .findFirst()
              .orElse("none"));
      return next.startCall(call, headers);
    }
  }
}
