package dev.hawser.controlplane.enroll;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.controlplane.enroll.AuthorityRecord.Retired;
import dev.hawser.controlplane.enroll.AuthorityRecord.RootRecord;
import dev.hawser.controlplane.transport.TransportTrust.Presented;
import dev.hawser.trust.authority.ClusterAuthority;
import dev.hawser.trust.authority.IntermediateRequest;
import dev.hawser.trust.authority.RevocationList;
import dev.hawser.trust.authority.RootAuthority;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.RenewalSchedule;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.x509.Certificates;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All of the cluster's trust at one moment: what changes together.
 *
 * @param stored the document it was made from
 * @param root with its key; on its holder alone
 * @param revoked the list that the present root signed, newest
 * @param presented the control plane's own identity
 * @param underRetired the same under roots that are on their way out, by {@link #digest}
 * @param renewal of the own identity
 */
record TrustValue(
    AuthorityRecord stored,
    ClusterAuthority authority,
    Optional<RootAuthority> root,
    TrustBundles bundles,
    Optional<RevocationList> revoked,
    Presented presented,
    Map<String, Presented> underRetired,
    RenewalSchedule renewal) {
  private static final Logger LOG = LoggerFactory.getLogger(TrustValue.class);
  private static final int DIGEST_PREFIX = 16;

  TrustValue with(TrustBundles next) {
    return new TrustValue(stored, authority, root, next, revoked, presented, underRetired, renewal);
  }

  TrustValue with(TrustBundles next, Optional<RevocationList> list) {
    return new TrustValue(stored, authority, root, next, list, presented, underRetired, renewal);
  }

  /**
   * Returns the list to publish: signed anew where the root is, else the one that is known. Its
   * number is the time, so that a holder that has lost its state does not begin again below what
   * others have seen; it is good until the root ends, since what it says stays true.
   */
  Optional<RevocationList> listOf(Set<BigInteger> serials, Instant now) {
    long after = revoked.map(known -> known.number() + 1).orElse(1L);
    long number = Math.max(after, now.getEpochSecond());
    return root.map(
            signer -> {
              Instant end = signer.certificate().getNotAfter().toInstant();
              return signer.revoke(serials, number, Duration.between(now, end));
            })
        .or(() -> revoked);
  }

  boolean isIntermediateDue(Instant now) {
    Instant begin = authority.intermediate().getNotBefore().toInstant();
    Instant end = authority.intermediate().getNotAfter().toInstant();
    Duration life = Duration.between(begin, end);
    return now.isAfter(begin.plus(life.multipliedBy(2).dividedBy(3)));
  }

  /** Founds a federation of one and stores it. */
  static AuthorityRecord found(
      ClusterName cluster, TrustDomain trustDomain, TrustStore store, InstantSource clock) {
    // A root that was stored by a start that ended here is taken up again.
    RootAuthority root =
        store
            .root()
            .map(r -> RootAuthority.fromPem(r.certificatePem(), r.keyPem(), clock))
            .orElseGet(() -> RootAuthority.create(cluster.meshDomain(), clock));
    store.saveRoot(new RootRecord(root.certificatePem(), root.privateKeyPem()));
    ClusterAuthority authority = signedBy(root, trustDomain, clock);
    AuthorityRecord founded =
        new AuthorityRecord(
            authority.privateKeyPem(), authority.chainPem(), cluster.name(), 1, List.of());
    store.saveAuthority(founded);
    LOG.info("Federation founded. cluster={} root={}", cluster, digest(root.certificate()));
    return founded;
  }

  static ClusterAuthority signedBy(
      RootAuthority root, TrustDomain trustDomain, InstantSource clock) {
    IntermediateRequest request = IntermediateRequest.create();
    return ClusterAuthority.of(
        trustDomain, request.keys().getPrivate(), root.sign(trustDomain, request.csr()), clock);
  }

  static TrustValue load(
      TrustDomain trustDomain, TrustStore store, AuthorityRecord stored, InstantSource clock) {
    ClusterAuthority authority =
        ClusterAuthority.fromPem(trustDomain, stored.keyPem(), stored.chainPem(), clock);
    Optional<RootAuthority> root =
        store.root().map(r -> RootAuthority.fromPem(r.certificatePem(), r.keyPem(), clock));
    if (root.isPresent() && !root.get().certificate().equals(authority.root())) {
      // A join ended before it had removed the key of the root that it left.
      store.removeRoot();
      root = Optional.empty();
    }
    Svid own = authority.issueOwn(SpiffeId.controlPlane(trustDomain), ClusterAuthority.DEFAULT_TTL);
    List<X509Certificate> roots = new ArrayList<>(List.of(authority.root()));
    Map<String, Presented> underRetired = new LinkedHashMap<>();
    for (Retired retired : stored.retired()) {
      X509Certificate old = Certificates.parsePem(retired.rootPem()).getFirst();
      roots.add(old);
      Svid under =
          Svid.of(
              KeyMaterial.privateKeyFromPem(retired.keyPem()),
              Certificates.parsePem(retired.chainPem()));
      underRetired.put(digest(old), new Presented(under, old));
    }
    TrustBundles bundles = TrustBundles.of(new TrustBundle(trustDomain, roots, stored.sequence()));
    for (TrustBundle foreign : store.foreignBundles()) {
      if (!foreign.trustDomain().equals(trustDomain)) {
        bundles = bundles.with(foreign);
      }
    }
    return new TrustValue(
        stored,
        authority,
        root,
        bundles.withRevoked(store.revoked()),
        store.revocationList().filter(list -> list.isSignedBy(authority.root())),
        new Presented(own, authority.root()),
        Map.copyOf(underRetired),
        RenewalSchedule.start(own.leaf(), clock, System::nanoTime, RandomGenerator.getDefault()));
  }

  /** Returns the short digest by which clients name a root in a server name. */
  static String digest(X509Certificate root) {
    return Certificates.fingerprint(root).substring(0, DIGEST_PREFIX);
  }
}
