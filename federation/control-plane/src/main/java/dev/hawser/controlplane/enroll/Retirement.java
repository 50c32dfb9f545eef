package dev.hawser.controlplane.enroll;

import dev.hawser.controlplane.enroll.AuthorityRecord.Retired;
import dev.hawser.trust.authority.ClusterAuthority;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.x509.Certificates;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** How a root that this cluster's identities chained to goes out of use. */
final class Retirement {
  /** As long as the longest-lived identity that a root may have under it. */
  private static final Duration LIFE = ClusterAuthority.MAX_TTL;

  private Retirement() {}

  /** Returns the roots on their way out once the cluster signs under another one. */
  static List<Retired> after(
      AuthorityRecord stored, ClusterAuthority left, X509Certificate nextRoot, Instant now) {
    List<Retired> retired = new ArrayList<>(stored.retired());
    if (!nextRoot.equals(left.root())) {
      retired.addFirst(retire(left, now));
      retired.removeIf(r -> Certificates.parsePem(r.rootPem()).contains(nextRoot));
    }
    int max = TrustBundle.MAX_ROOTS - 1;
    return List.copyOf(retired.subList(0, Math.min(max, retired.size())));
  }

  static boolean isOver(Retired retired, Instant now) {
    return now.toEpochMilli() >= retired.untilMillis();
  }

  private static Retired retire(ClusterAuthority authority, Instant now) {
    Instant end = authority.intermediate().getNotAfter().toInstant();
    Instant until = now.plus(LIFE);
    Svid own = authority.issueOwn(SpiffeId.controlPlane(authority.trustDomain()), LIFE);
    return new Retired(
        Certificates.toPem(List.of(authority.root())),
        KeyMaterial.toPem(own.privateKey()),
        Certificates.toPem(own.chain()),
        (until.isBefore(end) ? until : end).toEpochMilli());
  }
}
