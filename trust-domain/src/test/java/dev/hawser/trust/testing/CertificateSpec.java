package dev.hawser.trust.testing;

import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** One certificate to be forged; every part can be wrong. For one thread. */
public final class CertificateSpec {
  private X500Name subject;
  private @Nullable X500Name issuer;
  private KeyPair keys = KeyMaterial.generate();
  private BigInteger serial = new BigInteger(128, new SecureRandom()).setBit(128);
  private Instant notBefore;
  private Instant notAfter;
  private @Nullable BasicConstraints basicConstraints;
  private int keyUsage;
  private List<KeyPurposeId> purposes = List.of();
  private final List<GeneralName> names = new ArrayList<>();
  private @Nullable NameConstraints nameConstraints;
  private boolean nameConstraintsCritical = true;
  private String signatureAlgorithm = "SHA256withECDSA";
  private @Nullable String unknownExtension;
  private @Nullable PrivateKey signer;

  CertificateSpec(String subject, Instant notBefore, Instant notAfter) {
    this.subject = new X500Name(subject);
    this.notBefore = notBefore;
    this.notAfter = notAfter;
  }

  /** Sets the subject, e.g. {@code CN=mallory}. */
  public CertificateSpec subject(String name) {
    subject = new X500Name(name);
    return this;
  }

  /** Claims another issuer than the one that signs. */
  public CertificateSpec issuer(String name) {
    issuer = new X500Name(name);
    return this;
  }

  /** Sets the keys. */
  public CertificateSpec keys(KeyPair pair) {
    keys = pair;
    return this;
  }

  /** Sets the validity. */
  public CertificateSpec validity(Instant from, Instant to) {
    notBefore = from;
    notAfter = to;
    return this;
  }

  /** Says CA:TRUE with a path length; negative: without one. */
  public CertificateSpec authority(int pathLength) {
    basicConstraints =
        pathLength < 0 ? new BasicConstraints(true) : new BasicConstraints(pathLength);
    return this;
  }

  /** Leaves basic constraints out. */
  public CertificateSpec noBasicConstraints() {
    basicConstraints = null;
    return this;
  }

  /** Sets the bits of {@link KeyUsage}; 0 leaves the extension out. */
  public CertificateSpec keyUsage(int bits) {
    keyUsage = bits;
    return this;
  }

  /** Sets the extended key usages; none leaves the extension out. */
  public CertificateSpec purposes(KeyPurposeId... ids) {
    purposes = List.of(ids);
    return this;
  }

  /** Forgets all subject alternative names. */
  public CertificateSpec noNames() {
    names.clear();
    return this;
  }

  /** Adds a URI. */
  public CertificateSpec uri(String uri) {
    return name(GeneralName.uniformResourceIdentifier, uri);
  }

  /** Adds a DNS name. */
  public CertificateSpec dns(String name) {
    return name(GeneralName.dNSName, name);
  }

  /** Adds a name by its tag in RFC 5280. */
  public CertificateSpec name(int tag, String value) {
    names.add(new GeneralName(tag, value));
    return this;
  }

  /** Sets the name constraints; null leaves them out. */
  public CertificateSpec nameConstraints(@Nullable NameConstraints constraints) {
    nameConstraints = constraints;
    return this;
  }

  /** Makes the name constraints non-critical. */
  public CertificateSpec laxConstraints() {
    nameConstraintsCritical = false;
    return this;
  }

  /** Sets the signature algorithm's Java name. */
  public CertificateSpec signatureAlgorithm(String name) {
    signatureAlgorithm = name;
    return this;
  }

  /** Adds a critical extension that nobody knows. */
  public CertificateSpec unknownCriticalExtension(String oid) {
    unknownExtension = oid;
    return this;
  }

  /** Signs with another key than the issuer's. */
  public CertificateSpec signedBy(PrivateKey key) {
    signer = key;
    return this;
  }

  KeyPair keys() {
    return keys;
  }

  X509Certificate sign(X500Name issuerName, PrivateKey issuerKey) {
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            issuer == null ? issuerName : issuer,
            serial,
            Date.from(notBefore),
            Date.from(notAfter),
            subject,
            SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
    try {
      extend(builder);
      PrivateKey key = signer == null ? issuerKey : signer;
      return Certificates.parse(
          builder.build(new JcaContentSignerBuilder(signatureAlgorithm).build(key)).getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("forged certificate of " + subject, e);
    }
  }

  private void extend(X509v3CertificateBuilder builder) throws IOException {
    if (basicConstraints != null) {
      builder.addExtension(Extension.basicConstraints, true, basicConstraints);
    }
    if (keyUsage != 0) {
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(keyUsage));
    }
    if (!purposes.isEmpty()) {
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
    }
    if (!names.isEmpty()) {
      boolean critical = subject.getRDNs().length == 0;
      builder.addExtension(
          Extension.subjectAlternativeName,
          critical,
          new GeneralNames(names.toArray(GeneralName[]::new)));
    }
    if (nameConstraints != null) {
      builder.addExtension(Extension.nameConstraints, nameConstraintsCritical, nameConstraints);
    }
    if (unknownExtension != null) {
      builder.addExtension(
          new ASN1ObjectIdentifier(unknownExtension), true, new DERUTF8String("obey"));
    }
  }
}
