package dev.hawser.controlplane.peer;

import com.google.protobuf.ByteString;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.JoinRequest;
import dev.hawser.api.peer.v1.JoinResponse;
import dev.hawser.api.peer.v1.LinkMessage;
import dev.hawser.api.peer.v1.PeeringGrpc;
import dev.hawser.api.peer.v1.RevokeIntermediateRequest;
import dev.hawser.api.peer.v1.RevokeIntermediateResponse;
import dev.hawser.api.peer.v1.SignIntermediateRequest;
import dev.hawser.api.peer.v1.SignIntermediateResponse;
import dev.hawser.api.peer.v1.SignJoinerRequest;
import dev.hawser.controlplane.enroll.Refusals;
import dev.hawser.controlplane.state.StateUnavailableException;
import dev.hawser.controlplane.transport.PeerIdentity;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Serves {@code hawser.peer.v1.Peering}; all but Join is for control planes of members alone. */
final class PeeringService extends PeeringGrpc.PeeringImplBase {
  private final ClusterName here;
  private final Admission admission;
  private final GrpcLinks streams;
  private final PeerLinks links;

  PeeringService(ClusterName here, Admission admission, GrpcLinks streams, PeerLinks links) {
    this.here = here;
    this.admission = admission;
    this.streams = streams;
    this.links = links;
  }

  @Override
  public void join(JoinRequest request, StreamObserver<JoinResponse> responses) {
    answer(responses, () -> admission.join(request));
  }

  @Override
  public void signIntermediate(
      SignIntermediateRequest request, StreamObserver<SignIntermediateResponse> responses) {
    answer(
        responses,
        () ->
            SignIntermediateResponse.newBuilder()
                .addAllChain(admission.signNext(caller(), request.getCsr()))
                .build());
  }

  @Override
  public void revokeIntermediate(
      RevokeIntermediateRequest request, StreamObserver<RevokeIntermediateResponse> responses) {
    answer(
        responses,
        () ->
            RevokeIntermediateResponse.newBuilder()
                .setRevocationList(
                    ByteString.copyFrom(admission.revoke(caller(), request.getSerial()).der()))
                .build());
  }

  @Override
  public void signJoiner(
      SignJoinerRequest request, StreamObserver<SignIntermediateResponse> responses) {
    answer(
        responses,
        () ->
            SignIntermediateResponse.newBuilder()
                .addAllChain(admission.signFor(caller(), request))
                .build());
  }

  @Override
  public StreamObserver<LinkMessage> link(StreamObserver<LinkMessage> responses) {
    GrpcLinks.Accepted stream = streams.accept(responses);
    try {
      String cluster = caller().name();
      String source = PeerIdentity.source();
      links.execute(() ->
          links
              .accept(cluster, stream, source)
              .ifPresentOrElse(
                  stream::attach,
                  () ->
                      stream.refuse(
                          Status.PERMISSION_DENIED.withDescription(
                              "cluster " + cluster + " is not a member"))));
    } catch (StatusRuntimeException e) {
      stream.refuse(e.getStatus());
    }
    return stream;
  }

  /**
   * Returns the cluster whose control plane calls.
   *
   * @throws StatusRuntimeException if somebody else calls
   */
  private ClusterName caller() {
    SpiffeId id = PeerIdentity.require();
    TrustDomain domain = id.trustDomain();
    String suffix = "." + here.meshDomain();
    boolean controlPlane = id.equals(SpiffeId.controlPlane(domain));
    if (!controlPlane || !domain.name().endsWith(suffix)) {
      throw Refusals.of(
          Status.Code.PERMISSION_DENIED,
          "not-a-control-plane",
          "Caller: '" + id + "' (expected: the control plane of a member).",
          "");
    }
    String name = domain.name().substring(0, domain.name().length() - suffix.length());
    try {
      return new ClusterName(name, here.meshDomain());
    } catch (IllegalArgumentException e) {
      throw Refusals.of(
          Status.Code.PERMISSION_DENIED, "not-a-control-plane", String.valueOf(e.getMessage()), "");
    }
  }

  private static <T> void answer(StreamObserver<T> responses, Supplier<T> work) {
    T answer;
    try {
      answer = work.get();
    } catch (StatusRuntimeException e) {
      responses.onError(e);
      return;
    } catch (StateUnavailableException e) {
      responses.onError(
          Refusals.of(
              Status.Code.UNAVAILABLE,
              "state-unavailable",
              "The state of this cluster cannot be written: " + e.getMessage(),
              "Repair its state store, make a new token, and join again."));
      return;
    }
    responses.onNext(answer);
    responses.onCompleted();
  }
}
