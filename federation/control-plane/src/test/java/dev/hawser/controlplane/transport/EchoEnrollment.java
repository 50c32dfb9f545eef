package dev.hawser.controlplane.transport;

import dev.hawser.api.enroll.v1.EnrollRequest;
import dev.hawser.api.enroll.v1.EnrollResponse;
import dev.hawser.api.enroll.v1.EnrollmentGrpc;
import dev.hawser.api.enroll.v1.LeaseHeartbeat;
import dev.hawser.api.enroll.v1.LeaseReply;
import dev.hawser.api.enroll.v1.RenewRequest;
import dev.hawser.api.enroll.v1.RenewResponse;
import dev.hawser.api.enroll.v1.Svid;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers every call with who made it. */
final class EchoEnrollment extends EnrollmentGrpc.EnrollmentImplBase {
  final AtomicInteger calls = new AtomicInteger();

  @Override
  public void enroll(EnrollRequest request, StreamObserver<EnrollResponse> reply) {
    calls.incrementAndGet();
    reply.onNext(
        EnrollResponse.newBuilder()
            .setCluster(PeerIdentity.current().map(Object::toString).orElse("nobody"))
            .setNetwork(PeerIdentity.source())
            .build());
    reply.onCompleted();
  }

  @Override
  public void renew(RenewRequest request, StreamObserver<RenewResponse> reply) {
    calls.incrementAndGet();
    reply.onNext(
        RenewResponse.newBuilder()
            .setSvid(Svid.newBuilder().setSpiffeId(PeerIdentity.require().toString()))
            .build());
    reply.onCompleted();
  }

  @Override
  public StreamObserver<LeaseHeartbeat> lease(StreamObserver<LeaseReply> replies) {
    calls.incrementAndGet();
    return new StreamObserver<>() {
      @Override
      public void onNext(LeaseHeartbeat beat) {
        replies.onNext(LeaseReply.newBuilder().setSequence(beat.getSequence()).build());
      }

      @Override
      public void onError(Throwable broken) {
        // The test looks at the client's side.
      }

      @Override
      public void onCompleted() {
        replies.onCompleted();
      }
    };
  }
}
