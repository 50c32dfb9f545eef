package dev.hawser.controlplane.peer;

import dev.hawser.controlplane.enroll.Refusals;
import dev.hawser.controlplane.enroll.SignedIntermediate;
import dev.hawser.controlplane.enroll.TrustState;
import dev.hawser.trust.authority.RevocationList;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;

/**
 * Renews and revokes intermediates on an operator's word: with the root's key where it is, else by
 * asking its holder. Blocks.
 */
final class AuthorityDesk {
  private final TrustState trust;
  private final HolderClient holder;
  private final IntermediateRenewal renewal;

  AuthorityDesk(TrustState trust, HolderClient holder, IntermediateRenewal renewal) {
    this.trust = trust;
    this.holder = holder;
    this.renewal = renewal;
  }

  /**
   * Gives this cluster a new intermediate. Workloads follow by themselves.
   *
   * @throws FederationException if the holder of the root refuses or cannot be reached; nothing has
   *     changed then
   */
  void renew() throws FederationException {
    if (trust.root().isEmpty()) {
      try {
        renewal.renew();
      } catch (StatusRuntimeException e) {
        throw refused(e);
      } catch (CertificateFormatException e) {
        throw new FederationException(
            502,
            "answer-unusable",
            "What the holder of the root signed cannot be used: " + e.getMessage(),
            "Compare the clocks of both clusters.",
            e);
      }
      return;
    }
    Optional<String> objection = trust.signingObjection(trust.trustDomain());
    if (objection.isPresent()) {
      throw new FederationException(
          429, "too-many-intermediates", objection.get(), "Try again in an hour.");
    }
    trust.renewIntermediate();
  }

  /**
   * Takes an intermediate back, for every member.
   *
   * @param serial hexadecimal, as {@code hawser authority status} shows it
   * @throws FederationException if it is not known, already revoked, or signs here now, or the
   *     holder of the root refuses or cannot be reached
   */
  void revoke(String serial) throws FederationException {
    SignedIntermediate known = find(serial);
    if (trust.bundles().revokedIntermediates().contains(known.serial())) {
      throw new FederationException(
          409,
          "already-revoked",
          "Intermediate " + serial + " is revoked already.",
          "See 'hawser authority status'.");
    }
    if (known.serial().equals(trust.authority().intermediate().getSerialNumber())) {
      throw new FederationException(
          409,
          "intermediate-in-use",
          "Intermediate " + serial + " signs the identities of this cluster now.",
          "Renew it first: hawser authority renew. When the workloads have followed, revoke it.");
    }
    if (trust.root().isPresent()) {
      trust.revoke(Set.of(known.serial()));
      return;
    }
    try {
      trust.take(
          RevocationList.parse(
              holder.revoke(Certificates.serialHex(known.serial())).toByteArray()));
    } catch (StatusRuntimeException e) {
      throw refused(e);
    }
  }

  private SignedIntermediate find(String serial) throws FederationException {
    BigInteger wanted;
    try {
      wanted = Certificates.serial(serial);
    } catch (CertificateFormatException e) {
      throw new FederationException(
          400,
          "invalid",
          String.valueOf(e.getMessage()),
          "Take the serial number from 'hawser authority status'.",
          e);
    }
    return trust.intermediates().stream()
        .filter(entry -> entry.serial().equals(wanted))
        .findFirst()
        .orElseThrow(() ->
            new FederationException(
                404,
                "intermediate-unknown",
                "Intermediate '"
                    + serial
                    + "' is not known here (expected: one that has not ended).",
                "See 'hawser authority status'; the root's holder, "
                    + trust.rootHolder()
                    + ", knows those of every member."));
  }

  private static FederationException refused(StatusRuntimeException e) {
    Status.Code status = e.getStatus().getCode();
    int http =
        switch (status) {
          case UNAVAILABLE, DEADLINE_EXCEEDED -> 503;
          case NOT_FOUND -> 404;
          case RESOURCE_EXHAUSTED -> 429;
          default -> 409;
        };
    return new FederationException(
        http,
        Refusals.code(e).orElse("root-holder-refused"),
        String.valueOf(e.getStatus().getDescription()),
        Refusals.hint(e).orElse("See 'hawser federation status'."),
        e);
  }
}
