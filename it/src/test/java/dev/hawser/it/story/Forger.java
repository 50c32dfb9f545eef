package dev.hawser.it.story;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.Svid;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs what no authority of ours would: with stolen keys, every other rule kept. */
final class Forger {
  private Forger() {}

  /** Makes an identity under a stolen authority, whatever it is allowed to sign. */
  static Svid identity(SpiffeId id, Loot authority) {
    KeyPair keys = KeyMaterial.generate();
    X509Certificate leaf =
        sign(
            keys,
            "",
            authority,
            builder -> {
              builder.addExtension(
                  Extension.subjectAlternativeName,
                  true,
                  new GeneralNames(
                      new GeneralName(GeneralName.uniformResourceIdentifier, id.toString())));
              builder.addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
              builder.addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(
                      new KeyPurposeId[] {
                        KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth
                      }));
            });
    return new Svid(id, keys.getPrivate(), List.of(leaf, authority.chain().getFirst()));
  }

  /** Makes an intermediate without name constraints under a stolen root. */
  static Loot unconstrainedIntermediate(Loot root) {
    KeyPair keys = KeyMaterial.generate();
    X509Certificate intermediate =
        sign(
            keys,
            "CN=unconstrained",
            root,
            builder -> {
              builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
              builder.addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            });
    return new Loot(keys.getPrivate(), List.of(intermediate));
  }

  private interface Extensions {
    void addTo(JcaX509v3CertificateBuilder builder) throws IOException;
  }

  private static X509Certificate sign(
      KeyPair keys, String subject, Loot authority, Extensions extensions) {
    PrivateKey signer = authority.key();
    Instant now = Instant.now();
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            authority.chain().getFirst().getSubjectX500Principal(),
            new BigInteger(127, new SecureRandom()).setBit(126),
            Date.from(now.minus(Duration.ofMinutes(5))),
            Date.from(now.plus(Duration.ofHours(1))),
            new X500Principal(subject),
            keys.getPublic());
    try {
      extensions.addTo(builder);
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
    } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
