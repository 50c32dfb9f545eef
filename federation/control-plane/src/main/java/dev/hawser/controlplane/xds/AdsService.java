package dev.hawser.controlplane.xds;

import dev.hawser.controlplane.snapshot.MeshSnapshot;
import dev.hawser.controlplane.snapshot.SnapshotHolder;
import dev.hawser.trust.spiffe.SpiffeId;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Aggregated Discovery Service, incremental and state of the world, for listeners, routes,
 * virtual hosts, clusters, endpoints and trust bundles.
 *
 * <p>Nothing is sent before the first snapshot. A resource that a client refused is not sent to it
 * again until its content is another. What is gone is reported in both variants. Private keys never
 * travel here.
 *
 * <p>Thread-safe; never blocks on a client.
 */
public final class AdsService extends AggregatedDiscoveryServiceImplBase implements AutoCloseable {
  private static final Status STOPPING =
      Status.UNAVAILABLE.withDescription("this control plane is stopping");

  private final ProxyRegistry proxies;
  private final Supplier<SpiffeId> caller;
  private final Set<AdsStream<?, ?>> streams = ConcurrentHashMap.newKeySet();
  private final ExecutorService workers;
  private final Runnable unsubscribe;
  private volatile @Nullable XdsTranslator translator;
  private volatile boolean closed;

  /**
   * Serves the snapshots of a holder.
   *
   * @param caller returns the identity of the calling connection's certificate; called on gRPC's
   *     thread at the beginning of each stream, may throw a {@code StatusRuntimeException}
   */
  public AdsService(SnapshotHolder snapshots, ProxyRegistry proxies, Supplier<SpiffeId> caller) {
    this.proxies = proxies;
    this.caller = caller;
    this.workers =
        Executors.newFixedThreadPool(
            Math.max(2, Runtime.getRuntime().availableProcessors()),
            Thread.ofPlatform().daemon().name("hawser-ads-", 0).factory());
    this.unsubscribe = snapshots.onChange(this::advance);
    snapshots.current().ifPresent(this::advance);
  }

  private synchronized void advance(MeshSnapshot snapshot) {
    XdsTranslator before = translator;
    if (before != null && before.snapshot().digest().equals(snapshot.digest())) {
      return;
    }
    translator = before == null ? XdsTranslator.of(snapshot) : before.next(snapshot);
    streams.forEach(AdsStream::schedule);
  }

  @Override
  public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
      StreamObserver<DeltaDiscoveryResponse> responses) {
    return open(StreamKind.DELTA, responses);
  }

  @Override
  public StreamObserver<DiscoveryRequest> streamAggregatedResources(
      StreamObserver<DiscoveryResponse> responses) {
    return open(StreamKind.SOTW, responses);
  }

  private <Q, R> StreamObserver<Q> open(StreamKind<Q, R> kind, StreamObserver<R> responses) {
    ServerCallStreamObserver<R> out = (ServerCallStreamObserver<R>) responses;
    AdsStream<Q, R> stream = new AdsStream<>(kind, out, caller.get(), this);
    streams.add(stream);
    out.setOnReadyHandler(stream::sendDue);
    out.setOnCancelHandler(stream::close);
    out.setOnCloseHandler(stream::close);
    if (closed) {
      stream.stop(STOPPING);
    }
    return stream;
  }

  Optional<XdsTranslator> translator() {
    return Optional.ofNullable(translator);
  }

  ProxyRegistry proxies() {
    return proxies;
  }

  void execute(Runnable task) {
    try {
      workers.execute(task);
    } catch (RejectedExecutionException e) {
      if (!closed) {
        throw e;
      }
    }
  }

  void forget(AdsStream<?, ?> stream) {
    streams.remove(stream);
  }

  /** Ends every stream with UNAVAILABLE, so that clients turn to another control plane. */
  @Override
  public void close() {
    closed = true;
    unsubscribe.run();
    streams.forEach(stream -> stream.stop(STOPPING));
    workers.shutdown();
  }
}
