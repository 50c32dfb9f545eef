package dev.hawser.controlplane.peer;

import com.google.protobuf.ByteString;
import dev.hawser.api.admin.JoinReport;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.api.peer.v1.JoinRequest;
import dev.hawser.api.peer.v1.JoinResponse;
import dev.hawser.api.peer.v1.PeeringGrpc;
import dev.hawser.controlplane.enroll.JoinedAuthority;
import dev.hawser.controlplane.enroll.TrustState;
import dev.hawser.controlplane.transport.HostPort;
import dev.hawser.controlplane.transport.PeerDialer;
import dev.hawser.trust.authority.ClusterAuthority;
import dev.hawser.trust.authority.IntermediateRequest;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.token.JoinTokenException;
import dev.hawser.trust.token.TokenKind;
import dev.hawser.trust.token.TokenRefusal;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Joins this cluster to a federation with a token. The token is sent to nobody whose certificate
 * does not end at the root that it pins. Blocks; one call at a time.
 */
final class Joiner {
  /** Beyond this, certificates that were just made look as if they were not valid yet. */
  static final Duration TOLERATED_SKEW = Duration.ofSeconds(5);

  private static final long ANSWER_SECONDS = 15;
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("hawser-code", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> HINT =
      Metadata.Key.of("hawser-hint", Metadata.ASCII_STRING_MARSHALLER);

  private final TrustState trust;
  private final PeerDialer dialer;
  private final InstantSource wall;
  private final Predicate<ServiceName> isPrivateHere;

  /**
   * @param isPrivateHere whether this cluster has a service but does not export it
   */
  Joiner(
      TrustState trust,
      PeerDialer dialer,
      InstantSource wall,
      Predicate<ServiceName> isPrivateHere) {
    this.trust = trust;
    this.dialer = dialer;
    this.wall = wall;
    this.isPrivateHere = isPrivateHere;
  }

  /** An accepted join: what to tell, and the members to admit. */
  record Joined(JoinReport report, List<Member> members) {}

  /**
   * Asks what a join would do; changes nothing anywhere.
   *
   * @param self this cluster
   * @param present members that this cluster has already
   */
  JoinReport plan(String tokenText, Member self, List<Member> present) throws FederationException {
    JoinToken token = read(tokenText);
    List<String> findings = new ArrayList<>();
    alreadyMember(present).ifPresent(refusal -> findings.add(sentence(refusal)));
    JoinResponse response = ask(token, request(token, self).setPlan(true).build());
    findings.addAll(response.getFindingsList());
    findings.addAll(ownFindings(token, self, response));
    return report(false, token, self, response, findings);
  }

  /**
   * Joins: afterwards this cluster's authority is one of the federation's, durably.
   *
   * @param self this cluster
   * @param present members that this cluster has already
   * @throws FederationException if it is refused; nothing has changed here then
   */
  Joined join(String tokenText, Member self, List<Member> present) throws FederationException {
    JoinToken token = read(tokenText);
    Optional<FederationException> already = alreadyMember(present);
    if (already.isPresent()) {
      throw already.get();
    }
    IntermediateRequest intermediate = IntermediateRequest.create();
    JoinRequest request =
        request(token, self).setCsr(ByteString.copyFrom(intermediate.csr())).build();
    JoinResponse response = ask(token, request);
    List<Member> members = members(response);
    ClusterAuthority authority = authority(token, intermediate, response);
    trust.adopt(new JoinedAuthority(authority, response.getRootHolder()));
    List<String> findings = ownFindings(token, self, response);
    return new Joined(report(true, token, self, response, findings), members);
  }

  private JoinToken read(String text) throws FederationException {
    JoinToken token;
    try {
      token = JoinToken.parse(text);
    } catch (JoinTokenException e) {
      throw new FederationException(
          400, TokenRefusal.MALFORMED.code(), String.valueOf(e.getMessage()), e.hint(), e);
    }
    String self = trust.cluster().name();
    if (token.kind() != TokenKind.CLUSTER) {
      throw new FederationException(
          409,
          TokenRefusal.WRONG_KIND.code(),
          "The token is for " + token.kind() + " (expected: CLUSTER).",
          TokenRefusal.WRONG_KIND.hint());
    }
    if (!token.meshDomain().equals(trust.cluster().meshDomain())) {
      throw new FederationException(
          409,
          "mesh-domain-mismatch",
          "Mesh domain of the token: '"
              + token.meshDomain()
              + "' (expected: '"
              + trust.cluster().meshDomain()
              + "', that of this cluster).",
          "A cluster's mesh domain is fixed for its life: start a new cluster with --mesh-domain "
              + token.meshDomain()
              + " and join with that.");
    }
    if (token.cluster().equals(self)) {
      throw new FederationException(
          409,
          "name-taken",
          "The token was made by a cluster called " + self + ", and so is this one.",
          "Run 'hawser join' on another cluster, one with a name of its own.");
    }
    if (!token.subject().isEmpty() && !token.subject().equals(self)) {
      throw new FederationException(
          409,
          TokenRefusal.WRONG_SUBJECT.code(),
          "The token is for the cluster '" + token.subject() + "', not for '" + self + "'.",
          TokenRefusal.WRONG_SUBJECT.hint());
    }
    return token;
  }

  private static Optional<FederationException> alreadyMember(List<Member> present) {
    if (present.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new FederationException(
            409,
            "already-a-member",
            "This cluster is already in a federation with "
                + String.join(", ", present.stream().map(Member::name).toList())
                + ".",
            "Leave it first with 'hawser leave', or let the other cluster join this one."));
  }

  private static JoinRequest.Builder request(JoinToken token, Member self) {
    return JoinRequest.newBuilder()
        .setToken(token.text())
        .setMember(MemberWire.toWire(self))
        .setLowestVersion(Greeting.LOWEST_VERSION)
        .setHighestVersion(Greeting.HIGHEST_VERSION);
  }

  /** Tries the token's addresses in turn; one that is not the issuer never sees the token. */
  private JoinResponse ask(JoinToken token, JoinRequest request) throws FederationException {
    List<String> addresses =
        Stream.concat(token.gateways().stream(), token.controlPlane().stream()).distinct().toList();
    List<String> failures = new ArrayList<>();
    boolean stranger = false;
    for (String address : addresses) {
      ManagedChannel channel = dialer.toJoin(HostPort.parse(address), token);
      try {
        return PeeringGrpc.newBlockingStub(channel)
            .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
            .join(request);
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.UNAVAILABLE || code(e) != null) {
          throw refused(token, e);
        }
        stranger |= isAboutCertificates(e);
        failures.add(address + ": " + deepest(e));
      } finally {
        channel.shutdownNow();
      }
    }
    throw unreachable(token, stranger, failures);
  }

  private static FederationException unreachable(
      JoinToken token, boolean stranger, List<String> failures) {
    if (stranger) {
      return new FederationException(
          502,
          "issuer-not-trusted",
          "What answers for "
              + token.cluster()
              + " does not have the root that the token pins, so the token was not sent. Tried "
              + String.join("; ", failures)
              + ".",
          "If "
              + token.cluster()
              + " has got a new root since, make a new token: hawser invite. Else somebody stands"
              + " between the two clusters.");
    }
    return new FederationException(
        502,
        "issuer-unreachable",
        "Cluster "
            + token.cluster()
            + " cannot be reached. Tried "
            + (failures.isEmpty()
                ? "nothing, as the token names no address"
                : String.join("; ", failures))
            + ".",
        "Check that a gateway of "
            + token.cluster()
            + " runs and that its port is open to this cluster. The token is still unused.");
  }

  private static FederationException refused(JoinToken token, StatusRuntimeException e) {
    String code = code(e);
    if (e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
      return new FederationException(
          504,
          "issuer-silent",
          "Cluster " + token.cluster() + " did not answer within " + ANSWER_SECONDS + " s.",
          "The token may be used up: look at 'hawser token list' there, and make a new one.",
          e);
    }
    Metadata trailers = e.getTrailers();
    String hint = trailers == null ? null : trailers.get(HINT);
    String detail = e.getStatus().getDescription();
    return new FederationException(
        409,
        code == null ? "join-refused" : code,
        detail == null ? "Cluster " + token.cluster() + " refused: " + e.getStatus() : detail,
        hint == null ? "See the log of the control plane of " + token.cluster() + "." : hint,
        e);
  }

  private static @Nullable String code(StatusRuntimeException e) {
    Metadata trailers = e.getTrailers();
    return trailers == null ? null : trailers.get(CODE);
  }

  private static boolean isAboutCertificates(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  private static String deepest(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }

  private ClusterAuthority authority(
      JoinToken token, IntermediateRequest request, JoinResponse response)
      throws FederationException {
    try {
      List<X509Certificate> chain =
          Certificates.parseAll(
              response.getChainList().stream().map(ByteString::toByteArray).toList());
      ClusterAuthority authority =
          ClusterAuthority.of(trust.trustDomain(), request.keys().getPrivate(), chain, wall);
      String root = Certificates.fingerprint(authority.root());
      if (!root.equals(token.pin())) {
        throw new CertificateFormatException(
            "root " + root + " (expected: " + token.pin() + ", which the token pins)");
      }
      return authority;
    } catch (CertificateFormatException e) {
      throw new FederationException(
          502,
          "answer-invalid",
          "Cluster "
              + token.cluster()
              + " answered with certificates that cannot be used: "
              + e.getMessage(),
          "Compare the clocks of the two clusters, then make a new token: hawser invite.",
          e);
    }
  }

  private static List<Member> members(JoinResponse response) throws FederationException {
    List<String> rejected = new ArrayList<>();
    List<Member> members = MemberWire.fromWire(response.getMembersList(), rejected);
    boolean holderKnown =
        members.stream().anyMatch(member -> member.name().equals(response.getRootHolder()));
    if (!rejected.isEmpty() || !holderKnown) {
      throw new FederationException(
          502,
          "answer-invalid",
          "The answer names no valid set of members, with the root's holder '"
              + response.getRootHolder()
              + "' among them: "
              + String.join("; ", rejected),
          "Upgrade the older control plane, then make a new token: hawser invite.");
    }
    return members;
  }

  private List<String> ownFindings(JoinToken token, Member self, JoinResponse response) {
    List<String> findings = new ArrayList<>();
    Duration skew =
        Duration.between(Instant.ofEpochMilli(response.getTimeMillis()), wall.instant());
    if (skew.abs().compareTo(TOLERATED_SKEW) > 0) {
      findings.add(
          "The clocks differ: this one is "
              + skew.abs().toSeconds()
              + " s "
              + (skew.isNegative() ? "behind" : "ahead of")
              + " that of "
              + token.cluster()
              + " (expected: at most "
              + TOLERATED_SKEW.toSeconds()
              + " s); certificates may look expired or not valid yet.");
    }
    if (self.gateways().isEmpty()) {
      findings.add(
          "This cluster has no gateway, so no other cluster can call it; add one with 'hawser"
              + " gateway invite'.");
    }
    Greeting.noCommonVersion(response.getLowestVersion(), response.getHighestVersion())
        .ifPresent(why -> findings.add("Cluster " + token.cluster() + " " + why + "."));
    for (String exported : response.getExportedServicesList()) {
      if (isConflict(exported)) {
        findings.add(
            "Service "
                + exported
                + " runs in both clusters, but this one does not export it: callers here keep to"
                + " the local one, and the other's is shown as a conflict.");
      }
    }
    return findings;
  }

  private boolean isConflict(String service) {
    try {
      return isPrivateHere.test(ServiceName.parse(service));
    } catch (IllegalArgumentException _) {
      // Not a name that a service here can have, so it cannot be in two clusters.
      return false;
    }
  }

  private static JoinReport report(
      boolean joined, JoinToken token, Member self, JoinResponse response, List<String> findings) {
    List<String> names =
        Stream.concat(
                Stream.of(self.name()),
                response.getMembersList().stream().map(dev.hawser.api.peer.v1.Member::getCluster))
            .sorted()
            .toList();
    return new JoinReport(
        joined,
        token.cluster(),
        response.getRootHolder(),
        names,
        response.getExportedServicesList().stream().sorted().toList(),
        List.copyOf(findings));
  }

  private static String sentence(FederationException refusal) {
    return refusal.getMessage() + " " + refusal.hint();
  }
}
