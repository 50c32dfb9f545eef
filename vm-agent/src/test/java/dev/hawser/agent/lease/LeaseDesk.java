package dev.hawser.agent.lease;

import dev.hawser.api.enroll.v1.LeaseHeartbeat;
import dev.hawser.api.enroll.v1.LeaseReply;
import dev.hawser.host.identity.EnrolmentServer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The control plane's side of leases: keeps what it hears, and answers as it is told to. */
final class LeaseDesk implements EnrolmentServer.Leases {
  static final int LEASE_SECONDS = 8;

  final List<LeaseHeartbeat> heard = new CopyOnWriteArrayList<>();
  final AtomicInteger streams = new AtomicInteger();
  volatile boolean silent;
  volatile @Nullable String refusal;
  volatile String issuer = "";
  private volatile @Nullable StreamObserver<LeaseReply> newest;

  @Override
  public StreamObserver<LeaseHeartbeat> open(StreamObserver<LeaseReply> replies) {
    streams.incrementAndGet();
    newest = replies;
    return new StreamObserver<>() {
      @Override
      public void onNext(LeaseHeartbeat beat) {
        heard.add(beat);
        answer(beat, replies);
      }

      @Override
      public void onError(Throwable gone) {
        // The agent dropped the stream: nothing is owed to it.
      }

      @Override
      public void onCompleted() {
        replies.onCompleted();
      }
    };
  }

  private void answer(LeaseHeartbeat beat, StreamObserver<LeaseReply> replies) {
    String code = refusal;
    if (code != null) {
      Metadata trailers = new Metadata();
      trailers.put(Metadata.Key.of("hawser-code", Metadata.ASCII_STRING_MARSHALLER), code);
      trailers.put(Metadata.Key.of("hawser-hint", Metadata.ASCII_STRING_MARSHALLER), "join anew");
      replies.onError(
          Status.PERMISSION_DENIED
              .withDescription("the lease was revoked")
              .asRuntimeException(trailers));
    } else if (!silent) {
      replies.onNext(
          LeaseReply.newBuilder()
              .setSequence(beat.getSequence())
              .setLeaseSeconds(LEASE_SECONDS)
              .setIssuer(issuer)
              .build());
    }
  }

  /** Ends the newest stream, as a control plane that restarts does. */
  void end() {
    StreamObserver<LeaseReply> replies = newest;
    if (replies == null) {
      throw new IllegalStateException("no stream was opened yet");
    }
    replies.onCompleted();
  }

  LeaseHeartbeat last() {
    return heard.getLast();
  }
}
