package dev.hawser.controlplane.transport;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.verify.LiveTrustManager;
import dev.hawser.trust.verify.Role;
import dev.hawser.trust.verify.Verdict;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Judges the peer of every call against the bundles of that moment: a resumed session never reached
 * the trust manager, and a long connection was judged long ago.
 */
final class PeerCheck implements ServerInterceptor {
  /** The calls of whoever has no certificate yet. */
  static final Set<String> OPEN_METHODS =
      Set.of("hawser.enroll.v1.Enrollment/Enroll", "hawser.peer.v1.Peering/Join");

  private final LiveTrustManager trust;
  private final ConnectionLedger connections;

  PeerCheck(LiveTrustManager trust, ConnectionLedger connections) {
    this.trust = trust;
    this.connections = connections;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    @Nullable SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    @Nullable SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    String method = call.getMethodDescriptor().getFullMethodName();
    if (session == null || remote == null) {
      return refuse(call, Status.INTERNAL.withDescription("a call outside TLS"));
    }
    Optional<SpiffeId> id = Optional.empty();
    if (showedCertificate(session)) {
      // First, so that a change of trust from here on finds the connection.
      connections.seen(remote, session);
      switch (trust.reverify(session, Role.CLIENT)) {
        case Verdict.Trusted(var spiffeId) -> id = Optional.of(spiffeId);
        case Verdict.Refused refused -> {
          return refuse(
              call,
              Status.UNAUTHENTICATED.withDescription(
                  "the client certificate is refused: " + refused));
        }
      }
    } else if (!OPEN_METHODS.contains(method)) {
      return refuse(
          call,
          Status.UNAUTHENTICATED.withDescription(
              method + " needs a client certificate of the mesh"));
    }
    return Contexts.interceptCall(PeerIdentity.context(id, sourceOf(remote)), call, headers, next);
  }

  /** Closes the live connections whose peer is no longer trusted. */
  void recheck() {
    connections.closeUntrusted(session ->
        trust.reverify(session, Role.CLIENT) instanceof Verdict.Refused refused
            ? "reason=" + refused.reason() + " detail=" + refused.detail()
            : null);
  }

  private static boolean showedCertificate(SSLSession session) {
    try {
      return session.getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException _) {
      return false;
    }
  }

  private static String sourceOf(SocketAddress remote) {
    return remote instanceof InetSocketAddress address && address.getAddress() != null
        ? address.getAddress().getHostAddress()
        : remote.toString();
  }

  private static <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call, Status status) {
    call.close(status, new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
