package dev.hawser.engine.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.LiveTrustManager;
import dev.hawser.trust.verify.PeerVerifier;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.envoyproxy.envoy.service.health.v3.HealthCheckRequestOrEndpointHealthResponse;
import io.envoyproxy.envoy.service.health.v3.HealthCheckSpecifier;
import io.envoyproxy.envoy.service.health.v3.HealthDiscoveryServiceGrpc;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A gRPC server over mutual TLS that a test plays by hand. */
final class FakeControlPlane implements AutoCloseable {
  final BlockingQueue<DeltaDiscoveryRequest> requests = new LinkedBlockingQueue<>();
  final BlockingQueue<HealthCheckRequestOrEndpointHealthResponse> health =
      new LinkedBlockingQueue<>();
  final BlockingQueue<String> serverNames = new LinkedBlockingQueue<>();
  final AtomicInteger streams = new AtomicInteger();
  private final AtomicInteger nonces = new AtomicInteger();
  private final Server server;
  private final int port;
  private volatile @Nullable StreamObserver<DeltaDiscoveryResponse> ads;
  private volatile @Nullable StreamObserver<HealthCheckSpecifier> hds;

  FakeControlPlane(Svid svid, TrustBundles bundles) throws IOException {
    this(0, _ -> svid, bundles);
  }

  /** Serves with the identity that the function has for a server name. */
  FakeControlPlane(int requestedPort, Function<String, Svid> identities, TrustBundles bundles)
      throws IOException {
    var trust =
        new LiveTrustManager(
            () -> bundles, ExpectedPeers.any(), InstantSource.system(), new PeerVerifier());
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), requestedPort))
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forServer(new Keys(identities, serverNames)),
                        SslProvider.JDK)
                    .trustManager(trust)
                    .clientAuth(ClientAuth.REQUIRE)
                    .build())
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .addService(new Ads())
            .addService(new Hds())
            .build()
            .start();
    this.port = server.getPort();
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  DeltaDiscoveryRequest request() throws InterruptedException {
    DeltaDiscoveryRequest request = requests.poll(10, TimeUnit.SECONDS);
    assertThat(request).as("a request").isNotNull();
    return request;
  }

  /** Returns the next request that answers a response. */
  DeltaDiscoveryRequest reply() throws InterruptedException {
    DeltaDiscoveryRequest request = request();
    while (request.getResponseNonce().isEmpty()) {
      request = request();
    }
    return request;
  }

  static Resource resource(String name, String version, Message message) {
    return Resource.newBuilder()
        .setName(name)
        .setVersion(version)
        .setResource(Any.pack(message))
        .build();
  }

  /** Sends a response and returns its nonce. */
  String send(String typeUrl, List<Resource> resources, List<String> removed) {
    String nonce = "n" + nonces.incrementAndGet();
    Objects.requireNonNull(ads, "an open stream").onNext(
        DeltaDiscoveryResponse.newBuilder()
            .setTypeUrl(typeUrl)
            .setNonce(nonce)
            .addAllResources(resources)
            .addAllRemovedResources(removed)
            .build());
    return nonce;
  }

  void ask(HealthCheckSpecifier specifier) {
    Objects.requireNonNull(hds, "an open stream").onNext(specifier);
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T> StreamObserver<T> collector(BlockingQueue<T> queue) {
    return new StreamObserver<T>() {
      @Override
      public void onNext(T value) {
        queue.add(value);
      }

      @Override
      public void onError(Throwable cause) {}

      @Override
      public void onCompleted() {}
    };
  }

  private final class Ads
      extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
        StreamObserver<DeltaDiscoveryResponse> responses) {
      ads = responses;
      streams.incrementAndGet();
      return collector(requests);
    }
  }

  private final class Hds extends HealthDiscoveryServiceGrpc.HealthDiscoveryServiceImplBase {
    @Override
    public StreamObserver<HealthCheckRequestOrEndpointHealthResponse> streamHealthCheck(
        StreamObserver<HealthCheckSpecifier> responses) {
      hds = responses;
      return collector(health);
    }
  }

  /** Chooses the identity by the server name that the client sent; the alias is that name. */
  private static final class Keys extends X509ExtendedKeyManager {
    private final Function<String, Svid> identities;
    private final BlockingQueue<String> seen;

    Keys(Function<String, Svid> identities, BlockingQueue<String> seen) {
      this.identities = identities;
      this.seen = seen;
    }

    @Override
    public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
      String name =
          ((ExtendedSSLSession) engine.getHandshakeSession())
              .getRequestedServerNames().stream()
                  .map(n -> new String(n.getEncoded(), java.nio.charset.StandardCharsets.US_ASCII))
                  .findFirst()
                  .orElse("none");
      if (!name.equals(lastSeen())) {
        seen.add(name);
      }
      return name;
    }

    private String lastSeen() {
      return seen.stream().reduce("", (_, last) -> last);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return identities.apply(alias).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return identities.apply(alias).privateKey();
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal[] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] type, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal[] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }
  }
}
