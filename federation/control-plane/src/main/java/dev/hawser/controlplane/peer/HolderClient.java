package dev.hawser.controlplane.peer;

import com.google.protobuf.ByteString;
import dev.hawser.api.peer.v1.PeeringGrpc;
import dev.hawser.api.peer.v1.PeeringGrpc.PeeringBlockingStub;
import dev.hawser.api.peer.v1.RevokeIntermediateRequest;
import dev.hawser.api.peer.v1.SignIntermediateRequest;
import dev.hawser.api.peer.v1.SignJoinerRequest;
import dev.hawser.controlplane.enroll.Refusals;
import dev.hawser.controlplane.transport.HostPort;
import dev.hawser.controlplane.transport.PeerDialer;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** Asks the holder of the root to sign, through its gateways. Blocks; any thread. */
final class HolderClient {
  private static final long ANSWER_SECONDS = 10;
  private static final long CONNECT_SECONDS = 3;

  private final PeerDialer dialer;
  private final Supplier<Optional<Member>> holder;
  private final BooleanSupplier linked;

  /**
   * @param holder the member that holds the root; empty if this cluster does, or it is unknown
   * @param linked whether the link to it is up
   */
  HolderClient(PeerDialer dialer, Supplier<Optional<Member>> holder, BooleanSupplier linked) {
    this.dialer = dialer;
    this.holder = holder;
    this.linked = linked;
  }

  /**
   * Whether the holder answers now, found out by connecting to it: a link that the holder dialled
   * does not mean that it can be dialled.
   */
  boolean isReachable() {
    Optional<Member> member = holder.get();
    if (member.isEmpty() || !linked.getAsBoolean()) {
      return false;
    }
    for (String gateway : member.get().gateways()) {
      ManagedChannel channel =
          dialer.toControlPlane(HostPort.parse(gateway), member.get().cluster());
      try {
        if (connects(channel)) {
          return true;
        }
      } finally {
        channel.shutdownNow();
      }
    }
    return false;
  }

  private static boolean connects(ManagedChannel channel) {
    CompletableFuture<Boolean> connected = new CompletableFuture<>();
    watch(channel, connected);
    return connected.completeOnTimeout(false, CONNECT_SECONDS, TimeUnit.SECONDS).join();
  }

  private static void watch(ManagedChannel channel, CompletableFuture<Boolean> connected) {
    ConnectivityState state = channel.getState(true);
    switch (state) {
      case READY -> connected.complete(true);
      case TRANSIENT_FAILURE, SHUTDOWN -> connected.complete(false);
      case IDLE, CONNECTING ->
          channel.notifyWhenStateChanged(state, () -> watch(channel, connected));
    }
  }

  /**
   * Has the intermediate of a newcomer signed, whose token was redeemed here.
   *
   * @throws StatusRuntimeException the holder's refusal, or UNAVAILABLE
   */
  List<ByteString> signJoiner(Member newcomer, ByteString csr) {
    SignJoinerRequest request =
        SignJoinerRequest.newBuilder().setMember(MemberWire.toWire(newcomer)).setCsr(csr).build();
    return ask(stub -> stub.signJoiner(request).getChainList());
  }

  /**
   * Has this cluster's next intermediate signed.
   *
   * @throws StatusRuntimeException the holder's refusal, or UNAVAILABLE
   */
  List<ByteString> signNext(byte[] csr) {
    SignIntermediateRequest request =
        SignIntermediateRequest.newBuilder().setCsr(ByteString.copyFrom(csr)).build();
    return ask(stub -> stub.signIntermediate(request).getChainList());
  }

  /**
   * Has an intermediate of this cluster taken back.
   *
   * @param serial lower-case hexadecimal
   * @return the new list in DER
   * @throws StatusRuntimeException the holder's refusal, or UNAVAILABLE
   */
  ByteString revoke(String serial) {
    RevokeIntermediateRequest request =
        RevokeIntermediateRequest.newBuilder().setSerial(serial).build();
    return ask(stub -> stub.revokeIntermediate(request).getRevocationList());
  }

  private <T> T ask(Function<PeeringBlockingStub, T> question) {
    Member member =
        holder
            .get()
            .orElseThrow(() -> unreachable("the holder of the root is not known as a member"));
    StringBuilder failures = new StringBuilder();
    for (String gateway : member.gateways()) {
      ManagedChannel channel = dialer.toControlPlane(HostPort.parse(gateway), member.cluster());
      try {
        return question.apply(
            PeeringGrpc.newBlockingStub(channel)
                .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS));
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
          throw e;
        }
        failures.append(' ').append(gateway).append(": ").append(e.getStatus().getDescription());
      } finally {
        channel.shutdownNow();
      }
    }
    throw unreachable("the holder of the root, " + member.name() + ", does not answer:" + failures);
  }

  private static StatusRuntimeException unreachable(String detail) {
    return Refusals.of(
        Status.Code.UNAVAILABLE,
        "root-holder-unreachable",
        detail,
        "See 'hawser federation status', and try again when the holder is LIVE.");
  }
}
