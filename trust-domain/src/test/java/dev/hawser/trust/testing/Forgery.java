package dev.hawser.trust.testing;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.NameConstraint;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * A chain that somebody with the federation's root key makes by hand: leaf and intermediate as the
 * mesh would make them, until a test changes a part. For one thread.
 */
public final class Forgery {
  private final TestAuthority authority;
  private final CertificateSpec leaf;
  private final CertificateSpec intermediate;
  private boolean underRoot;
  private boolean withIntermediate = true;
  private final List<X509Certificate> appended = new ArrayList<>();

  /**
   * A forged identity.
   *
   * @param key of the leaf
   * @param chain leaf first
   */
  public record Forged(PrivateKey key, List<X509Certificate> chain) {
    public Forged {
      chain = List.copyOf(chain);
    }
  }

  Forgery(TestAuthority authority, SpiffeId id) {
    this.authority = authority;
    Instant now = authority.clock().instant();
    Instant start = now.minus(Duration.ofMinutes(5));
    TrustDomain trustDomain = id.trustDomain();
    this.leaf =
        new CertificateSpec("", start, now.plus(Duration.ofHours(24)))
            .uri(id.toString())
            .keyUsage(KeyUsage.digitalSignature)
            .purposes(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth);
    this.intermediate =
        new CertificateSpec("CN=forged " + trustDomain, start, now.plus(Duration.ofDays(365)))
            .authority(0)
            .keyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign)
            .nameConstraints(NameConstraint.only(trustDomain));
  }

  /** Changes the leaf. */
  public Forgery leaf(Consumer<CertificateSpec> change) {
    change.accept(leaf);
    return this;
  }

  /** Changes the intermediate. */
  public Forgery intermediate(Consumer<CertificateSpec> change) {
    change.accept(intermediate);
    return this;
  }

  /** Signs the leaf with the root's key; the chain is the leaf and the root. */
  public Forgery underRoot() {
    underRoot = true;
    return this;
  }

  /** Leaves the intermediate out of the chain. */
  public Forgery withoutIntermediate() {
    withIntermediate = false;
    return this;
  }

  /** Puts a certificate at the end of the chain. */
  public Forgery append(X509Certificate certificate) {
    appended.add(certificate);
    return this;
  }

  /** Makes the chain. */
  public Forged make() {
    X509Certificate root = authority.root().certificate();
    List<X509Certificate> chain = new ArrayList<>();
    if (underRoot) {
      chain.add(leaf.sign(nameOf(root), authority.rootKey()));
      chain.add(root);
    } else {
      X509Certificate signed = intermediate.sign(nameOf(root), authority.rootKey());
      chain.add(leaf.sign(nameOf(signed), intermediate.keys().getPrivate()));
      if (withIntermediate) {
        chain.add(signed);
      }
    }
    chain.addAll(appended);
    return new Forged(leaf.keys().getPrivate(), chain);
  }

  private static X500Name nameOf(X509Certificate certificate) {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }
}
