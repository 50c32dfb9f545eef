package dev.hawser.controlplane.peer;

import com.google.protobuf.ByteString;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.peer.v1.TrustUpdate;
import dev.hawser.controlplane.enroll.TrustState;
import dev.hawser.trust.authority.RevocationList;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom this cluster believes because of its membership: each member's trust domain under the
 * federation's root, and no other root that a member might name.
 */
final class FederationTrust {
  private static final Logger log = LoggerFactory.getLogger(FederationTrust.class);

  /** A message names no more revocations than these; the whole list is far shorter. */
  private static final int MAX_REVOKED = 10_000;

  private final TrustState trust;

  FederationTrust(TrustState trust) {
    this.trust = trust;
  }

  ClusterName cluster() {
    return trust.cluster();
  }

  String uuid() {
    return trust.uuid();
  }

  String rootHolder() {
    return trust.rootHolder();
  }

  void onChange(Runnable listener) {
    trust.onChange(listener);
  }

  /** Believes a member's trust domain under the federation's root. */
  void accept(ClusterName member) {
    TrustDomain domain = new TrustDomain(member.trustDomain());
    List<X509Certificate> roots = List.of(trust.rootCertificate());
    Optional<TrustBundle> known = trust.bundles().find(domain);
    if (known.isEmpty() || !known.get().roots().equals(roots)) {
      long sequence = known.map(bundle -> bundle.sequence() + 1).orElse(1L);
      trust.putBundle(new TrustBundle(domain, roots, sequence));
    }
  }

  /** Stops believing a cluster that is no member any more. */
  void forget(ClusterName former) {
    trust.removeBundle(new TrustDomain(former.trustDomain()));
  }

  /** Returns what a member's certificates are judged by; another text means: judge again. */
  String judgement(ClusterName member) {
    TrustBundles bundles = trust.bundles();
    String roots =
        bundles
            .find(new TrustDomain(member.trustDomain()))
            .map(bundle -> bundle.roots().stream().map(Certificates::fingerprint).toList())
            .orElse(List.of())
            .toString();
    return roots + bundles.revokedIntermediates().stream().sorted().toList();
  }

  /** Returns what other members should know of this cluster's trust. */
  TrustUpdate update() {
    TrustUpdate.Builder update = TrustUpdate.newBuilder();
    trust
        .bundles()
        .find(trust.trustDomain())
        .ifPresent(own -> {
          own.roots().forEach(root -> update.addRoots(ByteString.copyFrom(Certificates.der(root))));
          update.setSequence(own.sequence());
        });
    trust
        .bundles()
        .revokedIntermediates()
        .forEach(serial -> update.addRevokedIntermediates(Certificates.serialHex(serial)));
    trust
        .revocationList()
        .ifPresent(list -> update.setRevocationList(ByteString.copyFrom(list.der())));
    return update.build();
  }

  /**
   * Takes a member's word: the root's signed list of revocations from anybody; bare serial numbers
   * from the holder of the root alone, since only it may take an intermediate back; roots from
   * nobody, since the federation's is known from the join.
   *
   * @throws IllegalArgumentException if a serial number is not one, or the list is not the root's
   */
  void heard(ClusterName from, TrustUpdate update) {
    if (update.getRevokedIntermediatesCount() > MAX_REVOKED) {
      throw new IllegalArgumentException(
          "revoked intermediates: "
              + update.getRevokedIntermediatesCount()
              + " (expected: at most "
              + MAX_REVOKED
              + ")");
    }
    if (!update.getRevocationList().isEmpty()) {
      trust.take(RevocationList.parse(update.getRevocationList().toByteArray()));
    }
    if (!from.name().equals(trust.rootHolder())) {
      return;
    }
    Set<BigInteger> revoked = new TreeSet<>();
    for (String serial : update.getRevokedIntermediatesList()) {
      try {
        revoked.add(Certificates.serial(serial));
      } catch (CertificateFormatException e) {
        throw new IllegalArgumentException("revoked intermediate: " + e.getMessage(), e);
      }
    }
    if (!trust.bundles().revokedIntermediates().containsAll(revoked)) {
      log.warn("revocations taken over from the root's holder cluster={}", from.name());
      trust.revoke(revoked);
    }
  }
}
