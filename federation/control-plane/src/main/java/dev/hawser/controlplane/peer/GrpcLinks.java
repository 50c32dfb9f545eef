package dev.hawser.controlplane.peer;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.LinkMessage;
import dev.hawser.api.peer.v1.PeeringGrpc;
import dev.hawser.controlplane.transport.HostPort;
import dev.hawser.controlplane.transport.PeerDialer;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Links as gRPC streams. */
final class GrpcLinks implements LinkDialer, AutoCloseable {
  /** How long an ended stream has to send what it was given. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final PeerDialer dialer;
  private final PeerLoop loop;
  private final Set<ManagedChannel> connections = ConcurrentHashMap.newKeySet();

  GrpcLinks(PeerDialer dialer, PeerLoop loop) {
    this.dialer = dialer;
    this.loop = loop;
  }

  @Override
  public LinkChannel dial(String gateway, ClusterName peer, LinkEvents events) {
    ManagedChannel connection = dialer.toControlPlane(HostPort.parse(gateway), peer);
    connections.add(connection);
    Dialled stream = new Dialled(connection, events);
    PeeringGrpc.newStub(connection).link(stream);
    return stream;
  }

  /** Serves a stream that a peer dialled; {@link Accepted#attach} must follow. */
  Accepted accept(StreamObserver<LinkMessage> responses) {
    return new Accepted((ServerCallStreamObserver<LinkMessage>) responses);
  }

  /** Waits until the last words are out, at most a second, and ends every dialled connection. */
  @Override
  public void close() {
    long deadline = System.nanoTime() + LINGER.toNanos();
    connections.forEach(ManagedChannel::shutdown);
    try {
      for (ManagedChannel connection : connections) {
        if (!connection.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          connection.shutdownNow();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    connections.forEach(ManagedChannel::shutdownNow);
  }

  private static String reason(Throwable failure) {
    Status status = Status.fromThrowable(failure);
    Throwable cause = status.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String description = status.getDescription();
    String detail = description == null ? "" : ": " + firstLine(description);
    String deepest = cause == null ? null : cause.getMessage();
    return status.getCode() + detail + (deepest == null ? "" : " (" + firstLine(deepest) + ")");
  }

  /** A peer's or a library's text must not look like further lines of the log. */
  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  /** A stream that this side opened, with its connection. */
  private final class Dialled
      implements LinkChannel, ClientResponseObserver<LinkMessage, LinkMessage> {
    private final ManagedChannel connection;
    private final LinkEvents events;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable ClientCallStreamObserver<LinkMessage> requests;

    Dialled(ManagedChannel connection, LinkEvents events) {
      this.connection = connection;
      this.events = events;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<LinkMessage> stream) {
      stream.disableAutoRequestWithInitial(1);
      stream.setOnReadyHandler(events::ready);
      requests = stream;
    }

    @Override
    public void onNext(LinkMessage message) {
      events.message(message);
    }

    @Override
    public void onError(Throwable failure) {
      end(reason(failure));
    }

    @Override
    public void onCompleted() {
      end("it ended the stream");
    }

    private void end(String reason) {
      if (ended.compareAndSet(false, true)) {
        connection.shutdown();
        connections.remove(connection);
        events.closed(reason);
      }
    }

    @Override
    public boolean isReady() {
      ClientCallStreamObserver<LinkMessage> stream = requests;
      return stream != null && !ended.get() && stream.isReady();
    }

    @Override
    public void send(LinkMessage message) {
      ClientCallStreamObserver<LinkMessage> stream = requests;
      if (stream != null && !ended.get()) {
        stream.onNext(message);
      }
    }

    @Override
    public void requestNext() {
      ClientCallStreamObserver<LinkMessage> stream = requests;
      if (stream != null) {
        stream.request(1);
      }
    }

    @Override
    public void close() {
      ClientCallStreamObserver<LinkMessage> stream = requests;
      if (stream != null && !ended.get()) {
        stream.onCompleted();
        // The other side's end of the stream is of no interest, but gRPC waits for it.
        stream.request(1);
      }
      connection.shutdown();
      loop.after(
          LINGER,
          () -> {
            connection.shutdownNow();
            connections.remove(connection);
          });
    }
  }

  /**
   * A stream that the peer opened. gRPC's threads and the loop both end it, and nothing may be sent
   * after the end, so whatever goes out holds the lock.
   */
  static final class Accepted implements LinkChannel, StreamObserver<LinkMessage> {
    private final ServerCallStreamObserver<LinkMessage> responses;
    private volatile @Nullable LinkEvents events;
    private volatile boolean ended;

    private Accepted(ServerCallStreamObserver<LinkMessage> responses) {
      this.responses = responses;
      responses.disableAutoRequest();
      responses.setOnCancelHandler(() -> end("it broke the stream", () -> {}));
      responses.setOnReadyHandler(this::ready);
    }

    /** Says who is told of what happens; messages come from now on. */
    void attach(LinkEvents sink) {
      events = sink;
      requestNext();
      if (ended) {
        sink.closed("it broke the stream");
      }
    }

    /** Ends the stream because nobody wants it. */
    void refuse(Status status) {
      end("it was refused", () -> responses.onError(status.asRuntimeException()));
    }

    private void ready() {
      LinkEvents sink = events;
      if (sink != null) {
        sink.ready();
      }
    }

    private void end(String reason, Runnable lastAct) {
      synchronized (this) {
        if (ended) {
          return;
        }
        ended = true;
        lastAct.run();
      }
      LinkEvents sink = events;
      if (sink != null) {
        sink.closed(reason);
      }
    }

    @Override
    public void onNext(LinkMessage message) {
      LinkEvents sink = events;
      if (sink != null) {
        sink.message(message);
      }
    }

    @Override
    public void onError(Throwable failure) {
      end(reason(failure), () -> {});
    }

    @Override
    public void onCompleted() {
      end("it ended the stream", responses::onCompleted);
    }

    @Override
    public boolean isReady() {
      return !ended && responses.isReady();
    }

    @Override
    public synchronized void send(LinkMessage message) {
      if (!ended) {
        responses.onNext(message);
      }
    }

    @Override
    public synchronized void requestNext() {
      if (!ended) {
        responses.request(1);
      }
    }

    @Override
    public void close() {
      end("this side ended the stream", responses::onCompleted);
    }
  }
}
