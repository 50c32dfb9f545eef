package dev.hawser.engine.xds;

import dev.hawser.engine.tls.IdentitySource;
import dev.hawser.trust.verify.PeerRefusedException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one bidirectional stream to a control plane: dials, and dials again, another address each
 * time, with growing waits.
 *
 * <p>Confined to one thread, the executor's; the volatile fields are for those who look on.
 *
 * @param <Q> what is sent
 * @param <R> what is received
 */
final class StreamKeeper<Q, R> {
  private static final Logger LOG = LoggerFactory.getLogger(StreamKeeper.class);

  /** What happens to the stream; called on the executor's thread. */
  interface Handler<R> {
    /** A new stream can be sent on; nothing is known of the other side yet. */
    void opened();

    void received(R message);

    void closed();
  }

  private final String name;
  private final ControlPlaneDialer dialer;
  private final MethodDescriptor<Q, R> method;
  private final ScheduledExecutorService executor;
  private final Handler<R> handler;
  private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
  private @Nullable Attempt attempt;
  private @Nullable ScheduledFuture<?> redial;
  private IdentitySource.@Nullable Registration identityWatch;
  private int attempts;
  private boolean complained;
  private boolean closed;
  private volatile boolean connected;
  private volatile String address = "";
  private volatile long lastContactNanos;
  private volatile boolean everContacted;

  StreamKeeper(
      String name,
      ControlPlaneDialer dialer,
      MethodDescriptor<Q, R> method,
      ScheduledExecutorService executor,
      Handler<R> handler) {
    this.name = name;
    this.dialer = dialer;
    this.method = method;
    this.executor = executor;
    this.handler = handler;
  }

  /** Returns a thread for one client; what is planned for later ends with its shutdown. */
  static ScheduledExecutorService thread(String name) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name(name).factory());
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  /** Runs on the client's thread; what gRPC has to say after the client is closed is dropped. */
  private void onThread(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException _) {
      LOG.debug("{} is closed", name);
    }
  }

  void start() {
    identityWatch =
        dialer.onIdentityChange(() ->
            executor.execute(() -> {
              if (attempt == null && redial != null) {
                redial.cancel(false);
                dial(false);
              }
            }));
    dial(false);
  }

  /** Sends if there is a stream; what is lost with a stream is asked anew on the next one. */
  void send(Q message) {
    if (attempt != null && !attempt.cancelled) {
      attempt.call.sendMessage(message);
    }
  }

  boolean isOpen() {
    return attempt != null;
  }

  /** Whether the other side has answered on the present stream. Any thread. */
  boolean isConnected() {
    return connected;
  }

  /** Returns host:port of the present or last attempt, empty before the first. Any thread. */
  String address() {
    return address;
  }

  /** Returns the time since the other side was last known to live, null if never. Any thread. */
  @Nullable Duration contactAge() {
    if (connected) {
      return Duration.ZERO;
    }
    return everContacted ? Duration.ofNanos(System.nanoTime() - lastContactNanos) : null;
  }

  void close() {
    closed = true;
    if (identityWatch != null) {
      identityWatch.close();
    }
    if (redial != null) {
      redial.cancel(false);
    }
    if (attempt != null) {
      attempt.cancel("closing");
      attempt.dialed.channel().shutdownNow();
    }
  }

  private void dial(boolean oldRoot) {
    if (closed) {
      return;
    }
    redial = null;
    ControlPlaneDialer.Dialed dialed;
    try {
      dialed = dialer.dial(attempts, oldRoot);
    } catch (SSLException | IllegalArgumentException e) {
      failed(Status.UNAVAILABLE.withDescription(e.getMessage()), true);
      return;
    }
    address = dialed.address();
    ClientCall<Q, R> call =
        dialed.channel().newCall(method, CallOptions.DEFAULT.withExecutor(this::onThread));
    Attempt next = new Attempt(dialed, call, oldRoot);
    attempt = next;
    call.start(next, new Metadata());
    call.request(1);
    handler.opened();
  }

  private void failed(Status status, boolean oldRoot) {
    if (closed) {
      return;
    }
    if (!oldRoot && isRefusal(status.getCause())) {
      redial = executor.schedule(() -> dial(true), 0, TimeUnit.MILLISECONDS);
      return;
    }
    attempts++;
    Duration wait = backoff.next();
    if (complained) {
      LOG.debug(
          "{} still fails address={} status={} detail={} wait={}",
          name,
          address,
          status.getCode(),
          detail(status),
          wait);
    } else {
      complained = true;
      LOG.warn(
          "{} lost or not reached, trying on address={} status={} detail={}",
          name,
          address,
          status.getCode(),
          detail(status));
    }
    redial = executor.schedule(() -> dial(false), wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static String detail(Status status) {
    Throwable cause = status.getCause();
    String text = status.getDescription() + (cause == null ? "" : " (" + cause + ")");
    return text.replace('\n', ' ');
  }

  private static boolean isRefusal(@Nullable Throwable cause) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof PeerRefusedException) {
        return true;
      }
    }
    return false;
  }

  /** One stream on one connection. */
  private final class Attempt extends ClientCall.Listener<R> {
    private final ControlPlaneDialer.Dialed dialed;
    private final ClientCall<Q, R> call;
    private final boolean oldRoot;
    private IdentitySource.@Nullable Registration watch;

    /** Until gRPC says that it is closed it is neither: a message would be an error. */
    private boolean cancelled;

    Attempt(ControlPlaneDialer.Dialed dialed, ClientCall<Q, R> call, boolean oldRoot) {
      this.dialed = dialed;
      this.call = call;
      this.oldRoot = oldRoot;
    }

    void cancel(String reason) {
      cancelled = true;
      call.cancel(reason, null);
    }

    @Override
    public void onHeaders(Metadata headers) {
      watch =
          dialer
              .watch(
                  call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION),
                  reason -> onThread(() -> cancel(reason)))
              .orElse(null);
      if (watch != null) {
        contact();
        complained = false;
        LOG.info("{} connected address={}", name, dialed.address());
      }
    }

    @Override
    public void onMessage(R message) {
      if (watch == null) {
        return; // Refused after the handshake; the cancel is on its way.
      }
      contact();
      backoff.reset();
      handler.received(message);
      call.request(1);
    }

    private void contact() {
      everContacted = true;
      lastContactNanos = System.nanoTime();
      connected = true;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (watch != null) {
        watch.close();
      }
      if (connected) {
        lastContactNanos = System.nanoTime();
        connected = false;
      }
      attempt = null;
      dialed.channel().shutdownNow();
      handler.closed();
      failed(status, oldRoot);
    }
  }
}
