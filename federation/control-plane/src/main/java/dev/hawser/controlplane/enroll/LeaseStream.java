package dev.hawser.controlplane.enroll;

import dev.hawser.api.enroll.v1.LeaseHeartbeat;
import dev.hawser.api.enroll.v1.LeaseReply;
import dev.hawser.trust.spiffe.SpiffeId;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One agent's heartbeats. A stream that breaks ends no lease: the agent comes back, or the lease
 * runs out.
 */
final class LeaseStream implements StreamObserver<LeaseHeartbeat> {
  private final SpiffeId identity;
  private final GrantBook grants;
  private final LeaseSink sink;
  private final Supplier<String> issuer;
  private final StreamObserver<LeaseReply> replies;
  private @Nullable VmLease last;
  private boolean refused;

  /**
   * @param issuer serial number of the intermediate that signs now, in every reply: an agent that
   *     runs without a proxy hears of it nowhere else
   */
  LeaseStream(
      SpiffeId identity,
      GrantBook grants,
      LeaseSink sink,
      Supplier<String> issuer,
      StreamObserver<LeaseReply> replies) {
    this.identity = identity;
    this.grants = grants;
    this.sink = sink;
    this.issuer = issuer;
    this.replies = replies;
  }

  @Override
  public void onNext(LeaseHeartbeat message) {
    if (refused) {
      return;
    }
    try {
      Duration lease = take(message);
      replies.onNext(
          LeaseReply.newBuilder()
              .setSequence(message.getSequence())
              .setLeaseSeconds(Math.toIntExact(lease.toSeconds()))
              .setIssuer(issuer.get())
              .build());
    } catch (StatusRuntimeException e) {
      refuse(e);
    } catch (IllegalArgumentException e) {
      refuse(
          Refusals.of(
              Status.Code.INVALID_ARGUMENT,
              "heartbeat-invalid",
              String.valueOf(e.getMessage()),
              "upgrade the agent, or correct its configuration"));
    }
  }

  private Duration take(LeaseHeartbeat message) {
    Grant grant =
        grants
            .find(identity, message.getHost())
            .orElseThrow(() ->
                Refusals.of(
                    Status.Code.PERMISSION_DENIED,
                    "identity-unknown",
                    "identity "
                        + identity
                        + " may not register services (expected: one enrolled by a VM token)",
                    "make a token with: hawser vm invite, and join the VM with it"));
    VmLease lease = WireForms.lease(identity, message, grant.grantedServices());
    @Nullable VmLease before = last;
    if (before != null && !isSame(before, lease)) {
      // The VM moved: its old address must not be called any more.
      sink.end(before);
    }
    last = lease;
    if (message.getLeaving()) {
      sink.end(lease);
      return Duration.ZERO;
    }
    return sink.renew(lease);
  }

  private static boolean isSame(VmLease one, VmLease other) {
    return one.host().equals(other.host()) && one.address().equals(other.address());
  }

  @Override
  public void onError(Throwable broken) {
    // The lease goes on until it runs out, and the agent logs why it lost its stream.
  }

  @Override
  public void onCompleted() {
    if (!refused) {
      replies.onCompleted();
    }
  }

  private void refuse(StatusRuntimeException reason) {
    refused = true;
    replies.onError(reason);
  }
}
