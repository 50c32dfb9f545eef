package dev.hawser.it.harness;

import com.google.protobuf.Any;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.LiveTrustManager;
import dev.hawser.trust.verify.PeerVerifier;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
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
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Serves one snapshot to one proxy by delta ADS, and keeps what the proxy refuses. */
public final class SnapshotServer implements AutoCloseable {
  private final Map<String, Map<String, Any>> snapshot;
  private final Queue<String> refusals = new ConcurrentLinkedQueue<>();
  private final Map<String, Boolean> acknowledged = new ConcurrentHashMap<>();
  private final Server server;

  private SnapshotServer(NettyServerBuilder builder, Map<String, Map<String, Any>> snapshot)
      throws IOException {
    this.snapshot = snapshot;
    this.server =
        builder.permitKeepAliveTime(5, TimeUnit.SECONDS).addService(new Ads()).build().start();
  }

  private static NettyServerBuilder at(InetAddress address) {
    return NettyServerBuilder.forAddress(new InetSocketAddress(address, 0));
  }

  /**
   * Serves without TLS.
   *
   * @param snapshot resources by type and name
   */
  public static SnapshotServer plain(Map<String, Map<String, Any>> snapshot) throws IOException {
    return new SnapshotServer(at(InetAddress.getLoopbackAddress()), snapshot);
  }

  /** Serves as a control plane of ours does. */
  static SnapshotServer secured(
      InetAddress address, Map<String, Map<String, Any>> snapshot, Svid own, TrustBundles trust)
      throws IOException {
    LiveTrustManager callers =
        new LiveTrustManager(
            () -> trust, ExpectedPeers.any(), InstantSource.system(), new PeerVerifier());
    return new SnapshotServer(
        at(address)
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forServer(
                            own.privateKey(), own.chain().toArray(X509Certificate[]::new)),
                        SslProvider.JDK)
                    .trustManager(callers)
                    .clientAuth(ClientAuth.REQUIRE)
                    .build()),
        snapshot);
  }

  /** Returns its port. */
  public int port() {
    return server.getPort();
  }

  /** Returns what the proxy refused, with its reasons. */
  public List<String> refusals() {
    return List.copyOf(refusals);
  }

  /** Whether the proxy has taken resources of this type. */
  public boolean isAcknowledged(String typeUrl) {
    return acknowledged.containsKey(typeUrl);
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private final class Ads
      extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
        StreamObserver<DeltaDiscoveryResponse> responses) {
      return new Stream(responses);
    }
  }

  /** One stream; gRPC calls it in order. */
  private final class Stream implements StreamObserver<DeltaDiscoveryRequest> {
    private final StreamObserver<DeltaDiscoveryResponse> responses;
    private final Map<String, Boolean> begun = new LinkedHashMap<>();
    private final AtomicInteger nonces = new AtomicInteger();

    Stream(StreamObserver<DeltaDiscoveryResponse> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(DeltaDiscoveryRequest request) {
      String type = request.getTypeUrl();
      if (request.hasErrorDetail()) {
        refusals.add(type + ": " + request.getErrorDetail().getMessage());
      } else if (!request.getResponseNonce().isEmpty()) {
        acknowledged.put(type, true);
      }
      boolean first = begun.put(type, true) == null;
      List<String> names = request.getResourceNamesSubscribeList();
      boolean everything = names.contains("*") || (first && names.isEmpty());
      if (!everything && names.isEmpty()) {
        return;
      }
      Map<String, Any> all = snapshot.getOrDefault(type, Map.of());
      DeltaDiscoveryResponse.Builder response =
          DeltaDiscoveryResponse.newBuilder()
              .setTypeUrl(type)
              .setNonce("n" + nonces.incrementAndGet());
      for (String name : everything ? List.copyOf(all.keySet()) : names) {
        Any resource = all.get(name);
        if (resource == null) {
          response.addRemovedResources(name);
        } else {
          response.addResources(
              Resource.newBuilder().setName(name).setVersion("1").setResource(resource));
        }
      }
      responses.onNext(response.build());
    }

    @Override
    public void onError(@Nullable Throwable cause) {
      begun.clear(); // the proxy has ended
    }

    @Override
    public void onCompleted() {
      responses.onCompleted();
    }
  }
}
