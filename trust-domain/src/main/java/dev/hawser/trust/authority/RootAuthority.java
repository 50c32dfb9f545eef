package dev.hawser.trust.authority;

import dev.hawser.trust.authority.CertificateMaker.Validity;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.operator.OperatorCreationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The federation's root: it signs clusters' intermediates and the list of revoked ones, nothing
 * else. Its key exists at one cluster, the holder. The private key may live in any provider of the
 * platform (PKCS#11). Safe for any thread.
 */
public final class RootAuthority {
  /** How long a root lives. */
  public static final Duration LIFE = Duration.ofDays(3650);

  /** How long an intermediate lives at most. */
  public static final Duration INTERMEDIATE_LIFE = Duration.ofDays(365);

  /** How far certificates are dated back, for verifiers whose clocks are late. */
  static final Duration BACKDATED = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(RootAuthority.class);
  private static final int MAX_NAME = 40;

  private final X509Certificate certificate;
  private final PrivateKey key;
  private final InstantSource clock;

  private RootAuthority(X509Certificate certificate, PrivateKey key, InstantSource clock) {
    this.certificate = certificate;
    this.key = key;
    this.clock = clock;
  }

  /**
   * Makes a new root: P-256, ten years, path length 1.
   *
   * @param federationName for people, e.g. the mesh domain; 1-40 printable ASCII characters
   * @param clock the wall clock
   */
  public static RootAuthority create(String federationName, InstantSource clock) {
    if (!federationName.matches("[ -~]{1," + MAX_NAME + "}")) {
      throw new IllegalArgumentException(
          "federation name: "
              + federationName.length()
              + " characters (expected: 1-40 printable ASCII characters)");
    }
    byte[] distinction = new byte[4];
    new SecureRandom().nextBytes(distinction);
    KeyPair keys = KeyMaterial.generate();
    Instant now = CertificateMaker.wholeSeconds(clock.instant());
    X509Certificate root =
        CertificateMaker.root(
            AuthorityNames.root(federationName, HexFormat.of().formatHex(distinction)),
            keys.getPublic(),
            keys.getPrivate(),
            new Validity(now.minus(BACKDATED), now.plus(LIFE)));
    LOG.info(
        "Root made: subject={} fingerprint={}",
        root.getSubjectX500Principal(),
        Certificates.fingerprint(root));
    return new RootAuthority(root, keys.getPrivate(), clock);
  }

  /**
   * Takes an existing root.
   *
   * @throws CertificateFormatException if the key is not the certificate's, or the certificate may
   *     not sign intermediates
   */
  public static RootAuthority of(X509Certificate certificate, PrivateKey key, InstantSource clock) {
    if (certificate.getBasicConstraints() < 1) {
      throw new CertificateFormatException(
          "root: '"
              + certificate.getSubjectX500Principal()
              + "' may not sign intermediates (expected: CA:TRUE and a path length of 1 or more)");
    }
    if (!KeyMaterial.matches(key, certificate)) {
      throw new CertificateFormatException(
          "root: the private key is not that of '" + certificate.getSubjectX500Principal() + "'");
    }
    return new RootAuthority(certificate, key, clock);
  }

  /**
   * Reads what {@link #certificatePem()} and {@link #privateKeyPem()} wrote.
   *
   * @throws CertificateFormatException if they are not a root and its key
   */
  public static RootAuthority fromPem(String certificatePem, String keyPem, InstantSource clock) {
    List<X509Certificate> certificates = Certificates.parsePem(certificatePem);
    if (certificates.size() != 1) {
      throw new CertificateFormatException(
          "root: " + certificates.size() + " certificates (expected: 1)");
    }
    return of(certificates.getFirst(), KeyMaterial.privateKeyFromPem(keyPem), clock);
  }

  /** Returns the root's certificate. */
  public X509Certificate certificate() {
    return certificate;
  }

  /** Returns the root's certificate as PEM. */
  public String certificatePem() {
    return Certificates.toPem(List.of(certificate));
  }

  /**
   * Returns the private key as PEM: whoever has it is the federation.
   *
   * @throws CertificateFormatException if the key does not leave its provider
   */
  public String privateKeyPem() {
    return KeyMaterial.toPem(key);
  }

  /** Returns the SHA-256 digest of the certificate, as join tokens pin it: 64 hex digits. */
  public String pin() {
    return Certificates.fingerprint(certificate);
  }

  /**
   * Signs a cluster's intermediate: one year, path length 0, and a critical name constraint that
   * permits URIs of exactly this trust domain.
   *
   * @param trustDomain of the cluster, from its attestation and never from the request
   * @param request PKCS#10 in DER; its public key and its proof of possession count, nothing else
   * @return the intermediate, then this root
   * @throws IssuanceRefusedException if the request is not one for a P-256 key
   * @throws IllegalStateException if the root has ended
   */
  public List<X509Certificate> sign(TrustDomain trustDomain, byte[] request) {
    PublicKey publicKey = RequestReader.publicKey(request);
    if (publicKey.equals(certificate.getPublicKey())) {
      throw new IssuanceRefusedException("certificate request: its key is the root's own");
    }
    Instant now = CertificateMaker.wholeSeconds(clock.instant());
    Instant end = Lives.within(certificate, now, INTERMEDIATE_LIFE);
    try {
      X509Certificate intermediate =
          CertificateMaker.intermediate(
              certificate, key, trustDomain, publicKey, new Validity(now.minus(BACKDATED), end));
      LOG.info(
          "Intermediate signed: trust_domain={} serial={} not_after={}",
          trustDomain,
          Certificates.serialHex(intermediate.getSerialNumber()),
          end);
      return List.of(intermediate, certificate);
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("root: its key does not sign", e);
    }
  }

  /**
   * Signs the list of intermediates that are no longer believed.
   *
   * @param serials every revoked serial number: a list replaces the one before
   * @param number of the list, greater than that of the one before
   * @param validity until when a newer list is promised
   */
  public RevocationList revoke(Collection<BigInteger> serials, long number, Duration validity) {
    Instant now = CertificateMaker.wholeSeconds(clock.instant());
    return RevocationList.sign(certificate, key, serials, number, now, now.plus(validity));
  }
}
