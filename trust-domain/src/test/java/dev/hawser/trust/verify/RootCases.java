package dev.hawser.trust.verify;

import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.x509.Certificates;
import dev.hawser.trust.x509.NameConstraint;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Roots that the mesh would never make. */
final class RootCases {
  private RootCases() {}

  static @Nullable Reason refusalOf(X509Certificate root, TrustDomain trustDomain) {
    try {
      RootRules.check(root, trustDomain);
      return null;
    } catch (Refusal e) {
      return e.verdict().reason();
    }
  }

  static X509Certificate constrainedRoot(TrustDomain only, Instant now) {
    KeyPair keys = KeyMaterial.generate();
    X500Name name = new X500Name("CN=constrained root");
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.TEN,
            Date.from(now),
            Date.from(now.plus(Duration.ofDays(10))),
            name,
            keys.getPublic());
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(1));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      builder.addExtension(Extension.nameConstraints, true, NameConstraint.only(only));
      return Certificates.parse(
          builder
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }
}
