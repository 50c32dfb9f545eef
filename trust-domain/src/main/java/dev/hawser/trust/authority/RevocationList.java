package dev.hawser.trust.authority;

import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.jspecify.annotations.Nullable;

/**
 * The signed list of revoked intermediates: a CRL of the root (RFC 5280 section 5), so that stock
 * Envoy understands it too. It travels with the bundles. A list is believed after {@link #verify},
 * and replaces another only if {@link #supersedes} says so. Immutable.
 */
public final class RevocationList {
  /** Octets of a list in DER: about two thousand entries. */
  public static final int MAX_LENGTH = 128 * 1024;

  private static final String PEM_LABEL = "X509 CRL";
  private static final int DER_SEQUENCE = 0x30;
  private static final int CRL_SIGN = 6;

  private final X509CRL crl;
  private final byte[] der;
  private final SortedSet<BigInteger> serials;
  private final long number;

  private RevocationList(X509CRL crl, byte[] der) {
    this.crl = crl;
    this.der = der;
    this.number = numberOf(crl);
    SortedSet<BigInteger> revoked = new TreeSet<>();
    Set<? extends X509CRLEntry> entries = crl.getRevokedCertificates();
    if (entries != null) {
      entries.forEach(entry -> revoked.add(entry.getSerialNumber()));
    }
    this.serials = Collections.unmodifiableSortedSet(revoked);
  }

  static RevocationList sign(
      X509Certificate root,
      PrivateKey key,
      Collection<BigInteger> serials,
      long number,
      Instant thisUpdate,
      Instant nextUpdate) {
    if (number < 1) {
      throw new IllegalArgumentException(
          "revocation list: number " + number + " (expected: 1 or more)");
    }
    try {
      X509v2CRLBuilder builder =
          new X509v2CRLBuilder(AuthorityNames.subjectOf(root), Date.from(thisUpdate));
      builder.setNextUpdate(Date.from(nextUpdate));
      // RFC 5280 section 5.2.1 demands it; strict verifiers look for it.
      builder.addExtension(Extension.authorityKeyIdentifier, false, CertificateMaker.keyIdOf(root));
      builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
      for (BigInteger serial : new TreeSet<>(serials)) {
        builder.addCRLEntry(serial, Date.from(thisUpdate), CRLReason.cACompromise);
      }
      return parse(builder.build(CertificateMaker.signer(key)).getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("revocation list: the root's key does not sign", e);
    }
  }

  /**
   * Reads a list; it proves nothing before {@link #verify}.
   *
   * @param derOrPem one CRL
   * @throws CertificateFormatException if it is not a CRL with a number, or has a critical
   *     extension that would change its meaning
   */
  public static RevocationList parse(byte[] derOrPem) {
    boolean pem = derOrPem.length > 0 && derOrPem[0] != DER_SEQUENCE;
    byte[] der = pem ? fromPem(derOrPem) : derOrPem.clone();
    if (der.length == 0 || der.length > MAX_LENGTH) {
      throw new CertificateFormatException(
          "revocation list: " + der.length + " octets (expected: 1-" + MAX_LENGTH + ")");
    }
    try {
      X509CRL crl =
          (X509CRL)
              CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
      Set<String> critical = crl.getCriticalExtensionOIDs();
      if (critical != null && !critical.isEmpty()) {
        throw new CertificateFormatException(
            "revocation list: critical extensions " + critical + " (expected: none)");
      }
      if (crl.getEncoded().length != der.length) {
        throw new CertificateFormatException("revocation list: octets after it");
      }
      return new RevocationList(crl, der);
    } catch (CertificateException | CRLException e) {
      throw new CertificateFormatException("revocation list: cannot be read", e);
    }
  }

  /**
   * Checks that one of the roots signed the list.
   *
   * @throws CertificateFormatException if none did
   */
  public RevocationList verify(List<X509Certificate> roots) {
    if (roots.stream().anyMatch(this::isSignedBy)) {
      return this;
    }
    throw new CertificateFormatException(
        "revocation list: issued by '"
            + crl.getIssuerX500Principal()
            + "' (expected: signed by one of "
            + roots.size()
            + " roots of the bundle)");
  }

  /** Whether a root signed the list; the same without an exception. */
  public boolean isSignedBy(X509Certificate root) {
    return root.getSubjectX500Principal().equals(crl.getIssuerX500Principal())
        && maySign(root.getKeyUsage())
        && signedBy(root);
  }

  /** Returns the revoked serial numbers, in order. */
  public SortedSet<BigInteger> serials() {
    return serials;
  }

  /** Returns the list's number: a greater one replaces a lesser one. */
  public long number() {
    return number;
  }

  /** Whether this one replaces the other. */
  public boolean supersedes(RevocationList other) {
    return number > other.number;
  }

  /**
   * Whether a newer list should have come by now. A stale list is still obeyed: forgetting a
   * revocation would be worse than any age.
   */
  public boolean isStale(Instant now) {
    Date next = crl.getNextUpdate();
    return next != null && now.isAfter(next.toInstant());
  }

  /** Returns the list's bytes. */
  public byte[] der() {
    return der.clone();
  }

  /** Returns the list as PEM. */
  public String toPem() {
    return Pem.encode(PEM_LABEL, der);
  }

  /** Returns number and size, for the log. */
  @Override
  public String toString() {
    return "RevocationList[number=" + number + " revoked=" + serials.size() + "]";
  }

  private boolean signedBy(X509Certificate root) {
    try {
      crl.verify(root.getPublicKey());
      return true;
    } catch (GeneralSecurityException _) {
      // Another root of the same name may have signed it; the caller refuses if none did.
      return false;
    }
  }

  private static boolean maySign(boolean @Nullable [] keyUsage) {
    return keyUsage == null || keyUsage[CRL_SIGN];
  }

  private static byte[] fromPem(byte[] pem) {
    List<byte[]> blocks = Pem.decode(PEM_LABEL, new String(pem, StandardCharsets.ISO_8859_1));
    if (blocks.size() != 1) {
      throw new CertificateFormatException(
          "revocation list: " + blocks.size() + " PEM blocks (expected: one 'X509 CRL')");
    }
    return blocks.getFirst();
  }

  private static long numberOf(X509CRL crl) {
    byte[] extension = crl.getExtensionValue(Extension.cRLNumber.getId());
    if (extension == null) {
      throw new CertificateFormatException("revocation list: no number (RFC 5280 section 5.2.3)");
    }
    try {
      return ASN1Integer.getInstance(ASN1OctetString.getInstance(extension).getOctets())
          .longValueExact();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new CertificateFormatException("revocation list: malformed number", e);
    }
  }
}
