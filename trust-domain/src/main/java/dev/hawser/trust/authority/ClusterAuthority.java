package dev.hawser.trust.authority;

import dev.hawser.trust.authority.CertificateMaker.Validity;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.CertificateRequests;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.bouncycastle.operator.OperatorCreationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster's certificate authority: signs the SVIDs of its own trust domain, and no other. Who
 * gets which id is decided by attestation before it is asked. Immutable, safe for any thread.
 */
public final class ClusterAuthority {
  /** How long an SVID lives unless said otherwise. */
  public static final Duration DEFAULT_TTL = Duration.ofHours(24);

  /** How long an SVID lives at most. */
  public static final Duration MAX_TTL = Duration.ofDays(30);

  /** How long an SVID lives at least: less could not be renewed in time. */
  public static final Duration MIN_TTL = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(ClusterAuthority.class);

  private final TrustDomain trustDomain;
  private final PrivateKey key;
  private final X509Certificate intermediate;
  private final X509Certificate root;
  private final InstantSource clock;

  private ClusterAuthority(
      TrustDomain trustDomain,
      PrivateKey key,
      X509Certificate intermediate,
      X509Certificate root,
      InstantSource clock) {
    this.trustDomain = trustDomain;
    this.key = key;
    this.intermediate = intermediate;
    this.root = root;
    this.clock = clock;
  }

  /**
   * Takes an intermediate and its key, after judging it as every verifier of the mesh will.
   *
   * @param chain the intermediate, then the root that signed it
   * @throws CertificateFormatException if verifiers would refuse what it signs, or the key is
   *     another's; the message says why
   */
  public static ClusterAuthority of(
      TrustDomain trustDomain, PrivateKey key, List<X509Certificate> chain, InstantSource clock) {
    if (chain.size() != 2) {
      throw new CertificateFormatException(
          "authority of "
              + trustDomain
              + ": "
              + chain.size()
              + " certificates (expected: the intermediate and its root)");
    }
    X509Certificate intermediate = chain.getFirst();
    X509Certificate root = chain.getLast();
    TrustBundles bundles = TrustBundles.of(new TrustBundle(trustDomain, List.of(root), 0));
    PeerVerifier.verifyIntermediate(intermediate, trustDomain, bundles, clock.instant())
        .ifPresent(refused -> {
          throw new CertificateFormatException("authority of " + trustDomain + ": " + refused);
        });
    if (!KeyMaterial.matches(key, intermediate)) {
      throw new CertificateFormatException(
          "authority of " + trustDomain + ": the private key is not the intermediate's");
    }
    return new ClusterAuthority(trustDomain, key, intermediate, root, clock);
  }

  /**
   * Reads what {@link #privateKeyPem()} and {@link #chainPem()} wrote.
   *
   * @throws CertificateFormatException as {@link #of}
   */
  public static ClusterAuthority fromPem(
      TrustDomain trustDomain, String keyPem, String chainPem, InstantSource clock) {
    return of(
        trustDomain, KeyMaterial.privateKeyFromPem(keyPem), Certificates.parsePem(chainPem), clock);
  }

  /** Returns the one trust domain whose ids it signs. */
  public TrustDomain trustDomain() {
    return trustDomain;
  }

  /** Returns the certificate that it signs with. */
  public X509Certificate intermediate() {
    return intermediate;
  }

  /** Returns the root that signed the intermediate. */
  public X509Certificate root() {
    return root;
  }

  /** Returns the intermediate, then the root. */
  public List<X509Certificate> chain() {
    return List.of(intermediate, root);
  }

  /** Returns the intermediate and the root as PEM. */
  public String chainPem() {
    return Certificates.toPem(chain());
  }

  /** Returns the private key as PEM: whoever has it is every workload of the cluster. */
  public String privateKeyPem() {
    return KeyMaterial.toPem(key);
  }

  /** Returns the bundle by which others verify what it signs. */
  public TrustBundle bundle(long sequence) {
    return new TrustBundle(trustDomain, List.of(root), sequence);
  }

  /**
   * Signs an SVID that lives {@link #DEFAULT_TTL}; see {@link #issue(SpiffeId, byte[], Duration)}.
   */
  public List<X509Certificate> issue(SpiffeId id, byte[] request) {
    return issue(id, request, DEFAULT_TTL);
  }

  /**
   * Signs an SVID.
   *
   * @param id from the attested identity, never from the request; in this trust domain
   * @param request PKCS#10 in DER; its public key (P-256) and its proof of possession count,
   *     nothing else
   * @param ttl {@link #MIN_TTL} to {@link #MAX_TTL}; shortened where the intermediate ends sooner
   * @return the leaf, then the intermediate
   * @throws IssuanceRefusedException if the id, the request or the ttl is not acceptable
   * @throws IllegalStateException if the intermediate has ended
   */
  public List<X509Certificate> issue(SpiffeId id, byte[] request, Duration ttl) {
    requireOwn(id);
    PublicKey publicKey = RequestReader.publicKey(request);
    if (publicKey.equals(intermediate.getPublicKey())) {
      throw new IssuanceRefusedException("certificate request: its key is the authority's own");
    }
    return sign(id, publicKey, ttl);
  }

  /**
   * Makes a key and signs its SVID, for the process that holds this authority.
   *
   * @throws IssuanceRefusedException if the id or the ttl is not acceptable
   * @throws IllegalStateException if the intermediate has ended
   */
  public Svid issueOwn(SpiffeId id, Duration ttl) {
    KeyPair keys = KeyMaterial.generate();
    return new Svid(id, keys.getPrivate(), issue(id, CertificateRequests.create(keys), ttl));
  }

  private List<X509Certificate> sign(SpiffeId id, PublicKey publicKey, Duration ttl) {
    if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
      throw new IssuanceRefusedException(
          "certificate life: " + ttl + " (expected: " + MIN_TTL + " to " + MAX_TTL + ")");
    }
    Instant now = CertificateMaker.wholeSeconds(clock.instant());
    Instant end = Lives.within(intermediate, now, ttl);
    try {
      X509Certificate leaf =
          CertificateMaker.leaf(
              intermediate,
              key,
              id,
              publicKey,
              new Validity(now.minus(RootAuthority.BACKDATED), end));
      LOG.info(
          "SVID signed: id={} serial={} not_after={}",
          id,
          Certificates.serialHex(leaf.getSerialNumber()),
          end);
      return List.of(leaf, intermediate);
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("authority of " + trustDomain + ": its key does not sign", e);
    }
  }

  private void requireOwn(SpiffeId id) {
    if (!id.trustDomain().equals(trustDomain)) {
      throw new IssuanceRefusedException(
          "SPIFFE id: " + id + " (expected: one in " + trustDomain + ")");
    }
    if (id.path().isEmpty()) {
      throw new IssuanceRefusedException(
          "SPIFFE id: " + id + " names the trust domain itself (expected: one with a path)");
    }
  }
}
