package dev.hawser.engine.testing;

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
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC server over mutual TLS that serves ADS (delta) and HDS. A test plays it by hand with
 * {@link #send}, or lets it answer subscriptions from what {@link #publish} was given.
 */
public final class FakeControlPlane implements AutoCloseable {
  private final BlockingQueue<DeltaDiscoveryRequest> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<HealthCheckRequestOrEndpointHealthResponse> health =
      new LinkedBlockingQueue<>();
  private final BlockingQueue<String> serverNames = new LinkedBlockingQueue<>();
  private final Map<String, Map<String, Resource>> catalog = new TreeMap<>();
  private final Map<String, Set<String>> subscriptions = new TreeMap<>();
  private final Map<String, Set<String>> announced = new TreeMap<>();
  private final AtomicInteger nonces = new AtomicInteger();
  private final Server server;
  private final int port;
  private volatile @Nullable StreamObserver<DeltaDiscoveryResponse> ads;
  private volatile @Nullable StreamObserver<HealthCheckSpecifier> hds;

  public FakeControlPlane(Svid svid, TrustBundles bundles) throws IOException {
    this(0, _ -> svid, bundles);
  }

  /** Serves with the identity that the function has for a server name. */
  public FakeControlPlane(
      int requestedPort, Function<String, Svid> identities, TrustBundles bundles)
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

  /** Returns every request of the configuration streams, in order. */
  public BlockingQueue<DeltaDiscoveryRequest> requests() {
    return requests;
  }

  /** Returns every message of the health streams, in order. */
  public BlockingQueue<HealthCheckRequestOrEndpointHealthResponse> health() {
    return health;
  }

  /** Returns the server names that clients asked for, repeats left out. */
  public BlockingQueue<String> serverNames() {
    return serverNames;
  }

  /** Returns host:port. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Returns the port. */
  public int port() {
    return port;
  }

  /** Returns the next request. */
  public DeltaDiscoveryRequest request() throws InterruptedException {
    DeltaDiscoveryRequest request = requests.poll(10, TimeUnit.SECONDS);
    return Objects.requireNonNull(request, "no request within ten seconds");
  }

  /** Returns the next request that answers a response. */
  public DeltaDiscoveryRequest reply() throws InterruptedException {
    DeltaDiscoveryRequest request = request();
    while (request.getResponseNonce().isEmpty()) {
      request = request();
    }
    return request;
  }

  /** Wraps a message. */
  public static Resource resource(String name, String version, Message message) {
    return Resource.newBuilder()
        .setName(name)
        .setVersion(version)
        .setResource(Any.pack(message))
        .build();
  }

  /** Sends a response and returns its nonce. */
  public String send(String typeUrl, List<Resource> resources, List<String> removed) {
    String nonce = "n" + nonces.incrementAndGet();
    Objects.requireNonNull(ads, "an open stream")
        .onNext(
            DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(typeUrl)
                .setNonce(nonce)
                .addAllResources(resources)
                .addAllRemovedResources(removed)
                .build());
    return nonce;
  }

  /**
   * Makes this the whole of a type from now on: subscriptions are answered from it, and a stream
   * that has subscribed hears of the change at once.
   */
  public synchronized void publish(String typeUrl, Map<String, ? extends Message> messages) {
    Map<String, Resource> before = catalog.getOrDefault(typeUrl, Map.of());
    Map<String, Resource> now = new TreeMap<>();
    String version = "v" + nonces.incrementAndGet();
    messages.forEach((name, message) -> {
      Resource old = before.get(name);
      boolean same = old != null && old.getResource().equals(Any.pack(message));
      now.put(name, same ? old : resource(name, version, message));
    });
    catalog.put(typeUrl, now);
    Set<String> wanted = subscriptions.getOrDefault(typeUrl, Set.of());
    if (!wanted.isEmpty()) {
      answer(typeUrl, wanted, name -> !Objects.equals(before.get(name), now.get(name)));
    }
  }

  private synchronized void subscribed(DeltaDiscoveryRequest request) {
    Set<String> wanted = subscriptions.computeIfAbsent(request.getTypeUrl(), _ -> new TreeSet<>());
    Set<String> fresh = new TreeSet<>(request.getResourceNamesSubscribeList());
    wanted.addAll(fresh);
    wanted.removeAll(request.getResourceNamesUnsubscribeList());
    if (!fresh.isEmpty() && catalog.containsKey(request.getTypeUrl())) {
      answer(request.getTypeUrl(), fresh, _ -> true);
    }
  }

  /**
   * Sends the wanted resources, and names those that are wanted, pass the filter and are absent.
   */
  private void answer(String typeUrl, Set<String> wanted, Predicate<String> filter) {
    Map<String, Resource> all = catalog.getOrDefault(typeUrl, Map.of());
    Set<String> names = new TreeSet<>(wanted);
    if (names.remove("*")) {
      names.addAll(all.keySet());
      names.addAll(announced.getOrDefault(typeUrl, Set.of()));
    }
    names.removeIf(filter.negate());
    List<Resource> present = names.stream().map(all::get).filter(Objects::nonNull).toList();
    names.removeAll(all.keySet());
    announced.computeIfAbsent(typeUrl, _ -> new TreeSet<>()).addAll(all.keySet());
    send(typeUrl, present, List.copyOf(names));
  }

  /** Sends what is to be probed. */
  public void ask(HealthCheckSpecifier specifier) {
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

  private static <T> StreamObserver<T> collector(BlockingQueue<T> queue, Consumer<T> also) {
    return new StreamObserver<T>() {
      @Override
      public void onNext(T value) {
        queue.add(value);
        also.accept(value);
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
      synchronized (FakeControlPlane.this) {
        ads = responses;
        subscriptions.clear();
        announced.clear();
      }
      return collector(requests, FakeControlPlane.this::subscribed);
    }
  }

  private final class Hds extends HealthDiscoveryServiceGrpc.HealthDiscoveryServiceImplBase {
    @Override
    public StreamObserver<HealthCheckRequestOrEndpointHealthResponse> streamHealthCheck(
        StreamObserver<HealthCheckSpecifier> responses) {
      hds = responses;
      return collector(health, _ -> {});
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
