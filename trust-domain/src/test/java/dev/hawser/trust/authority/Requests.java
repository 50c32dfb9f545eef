package dev.hawser.trust.authority;

import dev.hawser.trust.svid.CertificateRequests;
import dev.hawser.trust.svid.KeyMaterial;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Certificate requests that no honest joiner sends. */
final class Requests {
  private Requests() {}

  /** Asks for everything: a name, an authority's rights, foreign identities. */
  static byte[] greedy(KeyPair keys) {
    ExtensionsGenerator wanted = new ExtensionsGenerator();
    GeneralName[] names = {
      new GeneralName(
          GeneralName.uniformResourceIdentifier, "spiffe://west.mesh.internal/ns/a/sa/b"),
      new GeneralName(GeneralName.dNSName, "bank.example")
    };
    try {
      wanted.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      wanted.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
      wanted.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names));
      Extensions extensions = wanted.generate();
      return new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=mallory"), keys.getPublic())
          .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions)
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
          .getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** For another key than the one that signs: somebody else's public key. */
  static byte[] withoutPossession(KeyPair claimed) {
    return signed(claimed, KeyMaterial.generate().getPrivate(), "SHA256withECDSA");
  }

  static byte[] signed(KeyPair claimed, PrivateKey signer, String algorithm) {
    try {
      return new JcaPKCS10CertificationRequestBuilder(
              new X500Name("CN=mallory"), claimed.getPublic())
          .build(new JcaContentSignerBuilder(algorithm).build(signer))
          .getEncoded();
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair curve(String name) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(name));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair rsa() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** For the key of a root itself. */
  static byte[] of(RootAuthority root) {
    return CertificateRequests.create(
        new KeyPair(
            root.certificate().getPublicKey(),
            KeyMaterial.privateKeyFromPem(root.privateKeyPem())));
  }
}
