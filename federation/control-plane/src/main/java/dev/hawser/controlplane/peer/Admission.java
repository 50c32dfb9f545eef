package dev.hawser.controlplane.peer;

import com.google.protobuf.ByteString;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.JoinRequest;
import dev.hawser.api.peer.v1.JoinResponse;
import dev.hawser.api.peer.v1.SignJoinerRequest;
import dev.hawser.controlplane.enroll.Refusals;
import dev.hawser.controlplane.enroll.SignedIntermediate;
import dev.hawser.controlplane.enroll.TrustState;
import dev.hawser.trust.authority.IssuanceRefusedException;
import dev.hawser.trust.authority.RevocationList;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.token.Redemption;
import dev.hawser.trust.token.TokenKind;
import dev.hawser.trust.token.TokenLedger;
import dev.hawser.trust.x509.Certificates;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Lets newcomers into the federation: redeems their token, has their intermediate signed, and tells
 * them who the others are.
 *
 * <p>Nothing about the federation is said before a valid token is seen. Methods block and may be
 * called from any thread.
 */
final class Admission {
  private static final long PATIENCE_SECONDS = 5;

  private final TrustState trust;
  private final TokenLedger tokens;
  private final MemberBook book;
  private final HolderClient holder;
  private final InstantSource wall;

  /** Lets so many strangers ask about tokens at once; the others wait. */
  private final Semaphore strangers = new Semaphore(16);

  /** Makes two newcomers of one name wait for each other. */
  private final Object oneAtATime = new Object();

  Admission(
      TrustState trust,
      TokenLedger tokens,
      MemberBook book,
      HolderClient holder,
      InstantSource wall) {
    this.trust = trust;
    this.tokens = tokens;
    this.book = book;
    this.holder = holder;
    this.wall = wall;
  }

  /**
   * Serves a join.
   *
   * @throws StatusRuntimeException with code and hint, if it is refused
   */
  JoinResponse join(JoinRequest request) {
    if (!acquired()) {
      throw Refusals.of(
          Status.Code.RESOURCE_EXHAUSTED,
          "rate-limited",
          "Too many clusters ask to join at once.",
          "Try again in some seconds; the token is still unused.");
    }
    try {
      return judged(request);
    } finally {
      strangers.release();
    }
  }

  private boolean acquired() {
    try {
      return strangers.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private JoinResponse judged(JoinRequest request) {
    String claimed = request.getMember().getCluster();
    if (request.getPlan()) {
      requireAccepted(tokens.check(request.getToken(), TokenKind.CLUSTER, claimed));
      return plan(request);
    }
    if (tokens.check(request.getToken(), TokenKind.CLUSTER, claimed)
        instanceof Redemption.Refused) {
      // Redeeming counts the attempt, and raises the alarm for a token that was used before.
      requireAccepted(tokens.redeem(request.getToken(), TokenKind.CLUSTER, claimed));
    }
    Member newcomer = member(request.getMember());
    synchronized (oneAtATime) {
      List<Objection> objections = objections(request, newcomer);
      if (!objections.isEmpty()) {
        throw objections.getFirst().refusal();
      }
      requireAccepted(tokens.redeem(request.getToken(), TokenKind.CLUSTER, newcomer.name()));
      List<ByteString> chain = sign(newcomer, request.getCsr());
      book.admit(newcomer);
      return response(newcomer.name()).addAllChain(chain).build();
    }
  }

  /**
   * Signs for a newcomer whose token another member redeemed.
   *
   * @param relay the member, by its certificate
   */
  List<ByteString> signFor(ClusterName relay, SignJoinerRequest request) {
    requireMember(relay);
    Member newcomer = member(request.getMember());
    synchronized (oneAtATime) {
      Optional<Objection> clash = clash(newcomer);
      if (clash.isPresent()) {
        throw clash.get().refusal();
      }
      List<ByteString> chain = signHere(newcomer.cluster(), request.getCsr());
      book.admit(newcomer);
      return chain;
    }
  }

  /**
   * Signs a member's next intermediate.
   *
   * @param member by its certificate
   */
  List<ByteString> signNext(ClusterName member, ByteString csr) {
    requireMember(member);
    return signHere(member, csr);
  }

  private JoinResponse plan(JoinRequest request) {
    Member newcomer = member(request.getMember());
    JoinResponse.Builder plan = response(newcomer.name());
    objections(request, newcomer).forEach(objection -> plan.addFindings(objection.detail()));
    return plan.build();
  }

  private JoinResponse.Builder response(String newcomer) {
    JoinResponse.Builder response =
        JoinResponse.newBuilder()
            .setRootHolder(trust.rootHolder())
            .addAllMembers(
                MemberWire.toWire(
                    book.everyone().stream()
                        .filter(member -> !member.left() && !member.name().equals(newcomer))
                        .toList()))
            .setTimeMillis(wall.instant().toEpochMilli())
            .setLowestVersion(Greeting.LOWEST_VERSION)
            .setHighestVersion(Greeting.HIGHEST_VERSION);
    book.exportedTo(newcomer).forEach(name -> response.addExportedServices(name.toString()));
    return response;
  }

  /** Why a newcomer cannot be let in. */
  private record Objection(String code, String detail, String hint) {
    StatusRuntimeException refusal() {
      return Refusals.of(Status.Code.FAILED_PRECONDITION, code, detail, hint);
    }
  }

  private List<Objection> objections(JoinRequest request, Member newcomer) {
    List<Objection> objections = new ArrayList<>();
    ClusterName here = trust.cluster();
    if (!newcomer.cluster().meshDomain().equals(here.meshDomain())) {
      objections.add(
          new Objection(
              "mesh-domain-mismatch",
              "Mesh domain of the newcomer: '"
                  + newcomer.cluster().meshDomain()
                  + "' (expected: '"
                  + here.meshDomain()
                  + "', which every member shares).",
              "A cluster's mesh domain is fixed for its life: start a new one with"
                  + " --mesh-domain "
                  + here.meshDomain()
                  + "."));
    }
    Greeting.noCommonVersion(request.getLowestVersion(), request.getHighestVersion())
        .ifPresent(why ->
            objections.add(
                new Objection(
                    "version-mismatch",
                    "The newcomer " + why + ".",
                    "Upgrade the older control plane, then join again.")));
    clash(newcomer).ifPresent(objections::add);
    noGateway(newcomer).ifPresent(objections::add);
    boolean signable = trust.root().isPresent() || holder.isReachable();
    if (!signable) {
      objections.add(
          new Objection(
              "root-holder-unreachable",
              "The root of the federation is held by "
                  + trust.rootHolder()
                  + ", which does not answer now. The token is still unused.",
              "Join again when 'hawser federation status' shows "
                  + trust.rootHolder()
                  + " as LIVE."));
    }
    return objections;
  }

  /** Links go through gateways alone: without any, the two would never find each other. */
  private Optional<Objection> noGateway(Member newcomer) {
    boolean reachable =
        !newcomer.gateways().isEmpty()
            || book.everyone().stream()
                .anyMatch(member -> !member.left() && !member.gateways().isEmpty());
    return reachable
        ? Optional.empty()
        : Optional.of(
            new Objection(
                "no-gateway",
                "Neither "
                    + newcomer.name()
                    + " nor any member has an east-west gateway that is connected, so neither could"
                    + " reach the other. The token is still unused.",
                "Start a gateway, and join again when 'hawser check' shows it."));
  }

  private Optional<Objection> clash(Member newcomer) {
    return book.claimedName(newcomer)
        .map(detail ->
            new Objection(
                "name-taken",
                detail,
                "Names and trust domains are never shared: start the newcomer under another"
                    + " name, or let the member of that name leave first."));
  }

  private List<ByteString> sign(Member newcomer, ByteString csr) {
    return trust.root().isPresent()
        ? signHere(newcomer.cluster(), csr)
        : holder.signJoiner(newcomer, csr);
  }

  private List<ByteString> signHere(ClusterName cluster, ByteString csr) {
    requireRootHere();
    TrustDomain domain = new TrustDomain(cluster.trustDomain());
    trust
        .signingObjection(domain)
        .ifPresent(objection -> {
          throw Refusals.of(
              Status.Code.RESOURCE_EXHAUSTED,
              "too-many-intermediates",
              objection,
              "If nobody of that cluster asked for them, its key is in the wrong hands: see"
                  + " 'hawser authority status' on the root's holder.");
        });
    try {
      return trust.signIntermediate(domain, csr.toByteArray()).stream()
          .map(certificate -> ByteString.copyFrom(Certificates.der(certificate)))
          .toList();
    } catch (IssuanceRefusedException e) {
      throw Refusals.of(
          Status.Code.INVALID_ARGUMENT, "csr-invalid", String.valueOf(e.getMessage()), "");
    }
  }

  /**
   * Takes an intermediate of a member back.
   *
   * @param member by its certificate; it may revoke no other cluster's
   * @return the new list
   */
  RevocationList revoke(ClusterName member, String serial) {
    requireMember(member);
    requireRootHere();
    TrustDomain domain = new TrustDomain(member.trustDomain());
    SignedIntermediate known =
        trust.intermediates().stream()
            .filter(entry -> entry.trustDomain().equals(domain))
            .filter(entry -> Certificates.serialHex(entry.serial()).equals(serial))
            .findFirst()
            .orElseThrow(() ->
                Refusals.of(
                    Status.Code.NOT_FOUND,
                    "intermediate-unknown",
                    "Intermediate '" + serial + "' of " + domain + " is not known here.",
                    "See 'hawser authority status'."));
    trust.revoke(Set.of(known.serial()));
    return trust
        .revocationList()
        .orElseThrow(() -> new IllegalStateException("the holder signs a list when it revokes"));
  }

  private void requireRootHere() {
    if (trust.root().isEmpty()) {
      throw Refusals.of(
          Status.Code.FAILED_PRECONDITION,
          "not-the-root-holder",
          "This cluster does not hold the root; " + trust.rootHolder() + " does.",
          "");
    }
  }

  private void requireMember(ClusterName cluster) {
    if (!book.isMember(cluster)) {
      throw Refusals.of(
          Status.Code.PERMISSION_DENIED,
          "not-a-member",
          "Cluster " + cluster.name() + " is not a member of the federation.",
          "");
    }
  }

  private static Member member(dev.hawser.api.peer.v1.Member wire) {
    try {
      return MemberWire.fromWire(wire);
    } catch (IllegalArgumentException e) {
      throw Refusals.of(
          Status.Code.INVALID_ARGUMENT, "member-invalid", String.valueOf(e.getMessage()), "");
    }
  }

  private static void requireAccepted(Redemption redemption) {
    if (redemption instanceof Redemption.Refused(var reason, String detail)) {
      throw Refusals.of(Status.Code.PERMISSION_DENIED, reason.code(), detail, reason.hint());
    }
  }
}
