package dev.hawser.host.sds;

import dev.hawser.host.identity.IdentityClient;
import dev.hawser.trust.svid.Svid;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream between a client on this host and the control plane. A message is taken from one side
 * when the other has room for it, so that neither can fill this process.
 */
final class RelayedStream {
  private static final Logger LOG = LoggerFactory.getLogger(RelayedStream.class);

  private final ServerCall<byte[], byte[]> client;
  private final ClientCall<byte[], byte[]> server;
  private final ManagedChannel channel;
  private final Basis basis;
  private final Consumer<RelayedStream> onEnd;

  /** Whether the client has to be asked for its next message, once the server can take it. */
  private boolean clientDue;

  /** Whether the server has to be asked for its next message, once the client can take it. */
  private boolean serverDue;

  private boolean answered;
  private boolean ended;

  RelayedStream(
      ServerCall<byte[], byte[]> client,
      ClientCall<byte[], byte[]> server,
      ManagedChannel channel,
      Basis basis,
      Consumer<RelayedStream> onEnd) {
    this.client = client;
    this.server = server;
    this.channel = channel;
    this.basis = basis;
    this.onEnd = onEnd;
  }

  /**
   * What a connection was opened with.
   *
   * @param trust digest of the bundles that its server was judged by
   */
  record Basis(Optional<Svid> svid, String trust) {
    static Basis of(IdentityClient identity) {
      return new Basis(identity.svid(), identity.bundles().digest());
    }

    /**
     * Whether it needs no replacement yet. A renewal alone is no reason, as long as the certificate
     * that was shown has most of its life before it.
     */
    boolean isCurrent(IdentityClient identity) {
      Optional<Svid> now = identity.svid();
      if (now.isEmpty() || svid.isEmpty() || !trust.equals(identity.bundles().digest())) {
        return false;
      }
      Instant begin = svid.get().leaf().getNotBefore().toInstant();
      Instant renewal = now.get().leaf().getNotBefore().toInstant();
      Duration half = Duration.between(begin, svid.get().notAfter()).dividedBy(2);
      return renewal.isBefore(begin.plus(half));
    }
  }

  Basis basis() {
    return basis;
  }

  /** Whether the control plane has answered at all. */
  synchronized boolean wasAnswered() {
    return answered;
  }

  /** Opens the other half; what comes back hears the client. */
  ServerCall.Listener<byte[]> start(Metadata headers) {
    server.start(new FromServer(), headers);
    server.request(1);
    client.request(1);
    return new FromClient();
  }

  /** Ends both halves. */
  void end(Status status) {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      server.cancel("the stream ended: " + status.getDescription(), status.getCause());
      client.close(status, new Metadata());
    }
    LOG.debug("A discovery stream ended. status={}", status);
    channel.shutdownNow();
    onEnd.accept(this);
  }

  private synchronized void fromClient(byte[] message) {
    if (!ended) {
      server.sendMessage(message);
      clientDue = true;
      goOn();
    }
  }

  private synchronized void fromServer(byte[] message) {
    answered = true;
    if (!ended) {
      client.sendMessage(message);
      serverDue = true;
      goOn();
    }
  }

  private synchronized void clientIsDone() {
    if (!ended) {
      server.halfClose();
    }
  }

  private synchronized void begin(Metadata headers) {
    if (!ended) {
      client.sendHeaders(headers);
    }
  }

  /** Asks each side for its next message, if the other can take it. */
  private synchronized void goOn() {
    if (ended) {
      return;
    }
    if (clientDue && server.isReady()) {
      clientDue = false;
      client.request(1);
    }
    if (serverDue && client.isReady()) {
      serverDue = false;
      server.request(1);
    }
  }

  private final class FromClient extends ServerCall.Listener<byte[]> {
    @Override
    public void onMessage(byte[] message) {
      fromClient(message);
    }

    @Override
    public void onHalfClose() {
      clientIsDone();
    }

    @Override
    public void onCancel() {
      end(Status.CANCELLED.withDescription("the client went away"));
    }

    @Override
    public void onReady() {
      goOn();
    }
  }

  private final class FromServer extends ClientCall.Listener<byte[]> {
    @Override
    public void onHeaders(Metadata headers) {
      begin(headers);
    }

    @Override
    public void onMessage(byte[] message) {
      fromServer(message);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      if (!status.isOk() && status.getCode() != Status.Code.CANCELLED) {
        LOG.warn(
            "The control plane ended a discovery stream. code={} reason={}",
            status.getCode(),
            status.getDescription());
      }
      end(status);
    }

    @Override
    public void onReady() {
      goOn();
    }
  }
}
