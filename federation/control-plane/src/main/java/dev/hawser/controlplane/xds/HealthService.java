package dev.hawser.controlplane.xds;

import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.controlplane.snapshot.MeshSnapshot;
import dev.hawser.controlplane.snapshot.SnapshotHolder;
import dev.hawser.trust.spiffe.SpiffeId;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.health.v3.HealthCheckRequestOrEndpointHealthResponse;
import io.envoyproxy.envoy.service.health.v3.HealthCheckSpecifier;
import io.envoyproxy.envoy.service.health.v3.HealthDiscoveryServiceGrpc.HealthDiscoveryServiceImplBase;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The Health Discovery Service: this cluster's gateways are told which gateways of other clusters
 * to probe, and report what they found. Only the gateways' own identity is served.
 *
 * <p>Thread-safe; never blocks on a gateway.
 */
public final class HealthService extends HealthDiscoveryServiceImplBase implements AutoCloseable {
  private final SnapshotHolder snapshots;
  private final Supplier<SpiffeId> caller;
  private final ProbeListener listener;
  private final InstantSource clock;
  private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
  private final Runnable unsubscribe;

  /**
   * Drives the probes of the snapshots' gateways.
   *
   * @param caller returns the identity of the calling connection's certificate
   */
  public HealthService(
      SnapshotHolder snapshots,
      Supplier<SpiffeId> caller,
      ProbeListener listener,
      InstantSource clock) {
    this.snapshots = snapshots;
    this.caller = caller;
    this.listener = listener;
    this.clock = clock;
    this.unsubscribe = snapshots.onChange(_ -> streams.forEach(Stream::sendDue));
  }

  @Override
  public StreamObserver<HealthCheckRequestOrEndpointHealthResponse> streamHealthCheck(
      StreamObserver<HealthCheckSpecifier> responses) {
    ServerCallStreamObserver<HealthCheckSpecifier> out =
        (ServerCallStreamObserver<HealthCheckSpecifier>) responses;
    Stream stream = new Stream(out, caller.get());
    streams.add(stream);
    out.setOnReadyHandler(stream::sendDue);
    out.setOnCancelHandler(stream::close);
    out.setOnCloseHandler(stream::close);
    return stream;
  }

  /** Ends every stream with UNAVAILABLE. */
  @Override
  public void close() {
    unsubscribe.run();
    streams.forEach(stream ->
        stream.stop(Status.UNAVAILABLE.withDescription("this control plane is stopping")));
  }

  /** One gateway's stream. */
  private final class Stream implements StreamObserver<HealthCheckRequestOrEndpointHealthResponse> {
    private final ServerCallStreamObserver<HealthCheckSpecifier> out;
    private final SpiffeId identity;
    private final Lock lock = new ReentrantLock();
    private Optional<Node> node = Optional.empty();
    private Optional<ProbePlan> plan = Optional.empty();
    private boolean closed;

    private Stream(ServerCallStreamObserver<HealthCheckSpecifier> out, SpiffeId identity) {
      this.out = out;
      this.identity = identity;
    }

    @Override
    public void onNext(HealthCheckRequestOrEndpointHealthResponse message) {
      lock.lock();
      try {
        if (closed) {
          return;
        }
        if (message.hasHealthCheckRequest()) {
          node = Optional.of(message.getHealthCheckRequest().getNode());
          sendDue();
        } else if (message.hasEndpointHealthResponse() && plan.isPresent()) {
          plan.get().report(message.getEndpointHealthResponse(), clock.instant(), listener);
        }
      } finally {
        lock.unlock();
      }
    }

    private void sendDue() {
      lock.lock();
      try {
        Optional<MeshSnapshot> snapshot = snapshots.current();
        if (closed || node.isEmpty() || snapshot.isEmpty() || !out.isReady()) {
          return;
        }
        requireGateway(node.get(), snapshot.get().local());
        ProbePlan next = ProbePlan.of(snapshot.get());
        if (plan.isEmpty() || !plan.get().specifier().equals(next.specifier())) {
          plan = Optional.of(next);
          out.onNext(next.specifier());
        }
      } catch (NodeRefusedException e) {
        stop(e.status());
      } finally {
        lock.unlock();
      }
    }

    private void requireGateway(Node asking, LocalCluster local) {
      ProxyNode read = NodeRefusedException.orRefused(asking, identity, local);
      if (read.kind() != ProxyKind.GATEWAY) {
        throw new NodeRefusedException(
            Status.PERMISSION_DENIED,
            "node.metadata.hawser.kind: '"
                + read.kind().label()
                + "' (expected: gateway, which alone probes)");
      }
    }

    @Override
    public void onError(Throwable failure) {
      close();
    }

    @Override
    public void onCompleted() {
      lock.lock();
      try {
        if (!closed) {
          close();
          out.onCompleted();
        }
      } finally {
        lock.unlock();
      }
    }

    private void stop(Status status) {
      lock.lock();
      try {
        if (!closed) {
          close();
          out.onError(status.asRuntimeException());
        }
      } finally {
        lock.unlock();
      }
    }

    private void close() {
      lock.lock();
      try {
        closed = true;
        streams.remove(this);
      } finally {
        lock.unlock();
      }
    }
  }
}
