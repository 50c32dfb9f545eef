package dev.hawser.controlplane.xds;

import dev.hawser.trust.spiffe.SpiffeId;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's stream. Requests come on gRPC's threads and changes on the service's; one at a time
 * gets through. Nothing is written while the transport is not ready, so a client that does not read
 * holds back itself alone.
 */
final class AdsStream<Q, R> implements StreamObserver<Q> {
  private static final Logger LOG = LoggerFactory.getLogger(AdsStream.class);

  private final StreamKind<Q, R> kind;
  private final ServerCallStreamObserver<R> out;
  private final SpiffeId identity;
  private final AdsService service;
  private final Lock lock = new ReentrantLock();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Map<ResourceType, TypeState<Q, R>> states = new EnumMap<>(ResourceType.class);
  private Optional<Node> introduction = Optional.empty();
  private @Nullable ProxyNode node;
  private ProxyRegistry.@Nullable Session session;
  private String refusal = "";
  private long nonces;
  private boolean closed;

  AdsStream(
      StreamKind<Q, R> kind,
      ServerCallStreamObserver<R> out,
      SpiffeId identity,
      AdsService service) {
    this.kind = kind;
    this.out = out;
    this.identity = identity;
    this.service = service;
  }

  @Override
  public void onNext(Q request) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (introduction.isEmpty()) {
        introduction = Optional.of(kind.node(request));
      }
      Optional<ResourceType> type = ResourceType.of(kind.typeUrl(request));
      if (type.isEmpty()) {
        // A newer client may want more than there is; what there is, it gets.
        LOG.debug("unknown resource type asked for type={}", kind.typeUrl(request));
        return;
      }
      states.computeIfAbsent(type.get(), kind::state).receive(request);
      pump();
    } catch (SubscriptionRefusedException e) {
      fail(Status.RESOURCE_EXHAUSTED.withDescription(e.getMessage()));
    } finally {
      lock.unlock();
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

  /** Sends what is due, on a thread of the service; several calls before it runs are one. */
  void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      service.execute(() -> {
        scheduled.set(false);
        sendDue();
      });
    }
  }

  /** Sends what is due, on this thread. */
  void sendDue() {
    lock.lock();
    try {
      if (!closed) {
        pump();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the stream; the client connects again, here or elsewhere. */
  void stop(Status status) {
    lock.lock();
    try {
      fail(status);
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      service.forget(this);
      if (session != null) {
        session.close();
        LOG.info("client disconnected node={} identity={}", name(), identity);
      }
    } finally {
      lock.unlock();
    }
  }

  private void fail(Status status) {
    if (!closed) {
      close();
      out.onError(status.asRuntimeException());
    }
  }

  private void pump() {
    Optional<XdsTranslator> translator = service.translator();
    if (translator.isEmpty() || introduction.isEmpty()) {
      return;
    }
    try {
      ProxyNode asking = introduce(translator.get());
      for (Map.Entry<ResourceType, TypeState<Q, R>> entry : states.entrySet()) {
        if (!out.isReady()) {
          break;
        }
        Lookup lookup = Lookup.of(translator.get(), entry.getKey(), asking);
        Optional<R> response = entry.getValue().next(lookup, Long.toString(nonces + 1));
        if (response.isPresent()) {
          nonces++;
          out.onNext(response.get());
          warm(entry.getKey(), entry.getValue().lastSent(), asking);
        }
      }
      report();
    } catch (NodeRefusedException e) {
      LOG.warn("client refused identity={} reason=\"{}\"", identity, e.getMessage());
      fail(e.status());
    } catch (RuntimeException e) {
      LOG.error("configuration could not be made node={} identity={}", name(), identity, e);
      fail(Status.INTERNAL.withDescription("configuration could not be made"));
    }
  }

  /**
   * An Envoy puts a changed cluster in force only after it has received its endpoints once more,
   * and does not ask for them, since it is still subscribed.
   */
  private void warm(ResourceType sent, Set<String> names, ProxyNode asking) {
    TypeState<Q, R> endpoints = states.get(ResourceType.ENDPOINT);
    if (sent == ResourceType.CLUSTER && asking.kind() == ProxyKind.ENVOY && endpoints != null) {
      endpoints.repeat(names);
    }
  }

  /** Reads who this is as soon as there is a snapshot to read it against. */
  private ProxyNode introduce(XdsTranslator translator) {
    ProxyNode known = node;
    if (known != null) {
      return known;
    }
    ProxyNode read =
        NodeRefusedException.orRefused(
            introduction.orElseThrow(), identity, translator.snapshot().local());
    node = read;
    session = service.proxies().open(read);
    LOG.info(
        "client connected node={} identity={} kind={} address={}",
        read.id(),
        identity,
        read.kind().label(),
        read.address());
    return read;
  }

  private void report() {
    TypeState<Q, R> listeners = states.get(ResourceType.LISTENER);
    boolean settled = true;
    String standing = "";
    for (TypeState<Q, R> state : states.values()) {
      settled &= state.settled();
      standing = standing.isEmpty() ? state.refusal() : standing;
    }
    if (!standing.equals(refusal) && !standing.isEmpty()) {
      LOG.warn("client refuses its configuration node={} detail=\"{}\"", name(), standing);
    }
    refusal = standing;
    if (session != null) {
      session.update(listeners != null && listeners.acknowledged(), settled, standing);
    }
  }

  private String name() {
    return node == null ? "?" : node.id();
  }
}
