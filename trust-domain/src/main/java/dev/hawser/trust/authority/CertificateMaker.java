package dev.hawser.trust.authority;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.Certificates;
import dev.hawser.trust.x509.NameConstraint;
import java.io.IOException;
import java.math.BigInteger;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Date;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The three shapes of certificate that the mesh signs. */
final class CertificateMaker {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SERIAL_BITS = 128;
  private static final int DIGEST_OCTETS = 20;

  private CertificateMaker() {}

  /** When a certificate lives. */
  record Validity(Instant notBefore, Instant notAfter) {}

  static X509Certificate root(
      X500Name name, PublicKey publicKey, PrivateKey key, Validity validity) {
    try {
      X509v3CertificateBuilder builder = builder(name, name, publicKey, validity);
      authority(builder, 1);
      builder.addExtension(Extension.subjectKeyIdentifier, false, keyId(publicKey));
      return sign(builder, key);
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("root: cannot be signed with its own key", e);
    }
  }

  static X509Certificate intermediate(
      X509Certificate root,
      PrivateKey rootKey,
      TrustDomain trustDomain,
      PublicKey publicKey,
      Validity validity)
      throws IOException, OperatorCreationException {
    BigInteger serial = serial();
    // The serial number keeps two intermediates of one cluster apart where only names are shown.
    X500Name subject =
        AuthorityNames.intermediate(trustDomain, Certificates.serialHex(serial).substring(0, 8));
    X509v3CertificateBuilder builder =
        new X509v3CertificateBuilder(
            AuthorityNames.subjectOf(root),
            serial,
            Date.from(validity.notBefore()),
            Date.from(validity.notAfter()),
            subject,
            info(publicKey));
    authority(builder, 0);
    builder.addExtension(Extension.nameConstraints, true, NameConstraint.only(trustDomain));
    builder.addExtension(
        Extension.subjectAlternativeName, false, uri(new SpiffeId(trustDomain, "")));
    builder.addExtension(Extension.subjectKeyIdentifier, false, keyId(publicKey));
    builder.addExtension(Extension.authorityKeyIdentifier, false, keyIdOf(root));
    return sign(builder, rootKey);
  }

  static X509Certificate leaf(
      X509Certificate intermediate,
      PrivateKey intermediateKey,
      SpiffeId id,
      PublicKey publicKey,
      Validity validity)
      throws IOException, OperatorCreationException {
    X500Name nobody = new X500Name(new RDN[0]);
    X509v3CertificateBuilder builder =
        builder(AuthorityNames.subjectOf(intermediate), nobody, publicKey, validity);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
    // Critical because the subject is empty, RFC 5280 section 4.2.1.6.
    builder.addExtension(Extension.subjectAlternativeName, true, uri(id));
    builder.addExtension(Extension.authorityKeyIdentifier, false, keyIdOf(intermediate));
    return sign(builder, intermediateKey);
  }

  static ContentSigner signer(PrivateKey key) throws OperatorCreationException {
    String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    return new JcaContentSignerBuilder(algorithm).build(key);
  }

  static Instant wholeSeconds(Instant instant) {
    // Certificates have no fractions; rounding here keeps what we compute and what they say equal.
    return instant.truncatedTo(ChronoUnit.SECONDS);
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, PublicKey publicKey, Validity validity) {
    return new X509v3CertificateBuilder(
        issuer,
        serial(),
        Date.from(validity.notBefore()),
        Date.from(validity.notAfter()),
        subject,
        info(publicKey));
  }

  private static void authority(X509v3CertificateBuilder builder, int pathLength)
      throws IOException {
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws IOException, OperatorCreationException {
    return Certificates.parse(builder.build(signer(key)).getEncoded());
  }

  /** 128 random bits, never zero, and positive as RFC 5280 section 4.1.2.2 wants. */
  private static BigInteger serial() {
    return new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS);
  }

  private static GeneralNames uri(SpiffeId id) {
    return new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, id.toString()));
  }

  private static SubjectPublicKeyInfo info(PublicKey key) {
    return SubjectPublicKeyInfo.getInstance(key.getEncoded());
  }

  /** RFC 7093 section 2 method 1: the left 160 bits of the SHA-256 digest of the key's bits. */
  private static SubjectKeyIdentifier keyId(PublicKey key) {
    byte[] digest = Certificates.sha256(info(key).getPublicKeyData().getBytes());
    return new SubjectKeyIdentifier(Arrays.copyOf(digest, DIGEST_OCTETS));
  }

  static AuthorityKeyIdentifier keyIdOf(X509Certificate issuer) {
    byte[] extension = issuer.getExtensionValue(Extension.subjectKeyIdentifier.getId());
    byte[] id =
        extension == null
            ? keyId(issuer.getPublicKey()).getKeyIdentifier()
            : SubjectKeyIdentifier.getInstance(DEROctetString.getInstance(extension).getOctets())
                .getKeyIdentifier();
    return new AuthorityKeyIdentifier(id);
  }
}
