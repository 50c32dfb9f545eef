package dev.hawser.trust.x509;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Certificates to and from bytes and text. Every method is safe for any thread. */
public final class Certificates {
  /** Octets of one certificate; ours have about 600. */
  public static final int MAX_DER_LENGTH = 16 * 1024;

  private static final String PEM_LABEL = "CERTIFICATE";
  private static final int DER_SEQUENCE = 0x30;
  private static final int MAX_SERIAL_HEX = 40;

  private Certificates() {}

  /**
   * Reads one certificate.
   *
   * @param der exactly one DER certificate
   * @throws CertificateFormatException if it is not
   */
  public static X509Certificate parse(byte[] der) {
    // The JDK's factory also takes PEM and PKCS#7 and stops at the first certificate.
    if (der.length < 4 || der.length > MAX_DER_LENGTH || der[0] != DER_SEQUENCE) {
      throw new CertificateFormatException(
          "certificate: "
              + der.length
              + " octets that are not DER (expected: one certificate of at most "
              + MAX_DER_LENGTH
              + ")");
    }
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der));
      if (certificate.getEncoded().length != der.length) {
        throw new CertificateFormatException(
            "certificate: " + (der.length - certificate.getEncoded().length) + " octets after it");
      }
      return certificate;
    } catch (CertificateException e) {
      throw new CertificateFormatException("certificate: cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a list of certificates, in order.
   *
   * @throws CertificateFormatException if one is not a certificate
   */
  public static List<X509Certificate> parseAll(List<byte[]> ders) {
    List<X509Certificate> certificates = new ArrayList<>(ders.size());
    for (byte[] der : ders) {
      certificates.add(parse(der));
    }
    return List.copyOf(certificates);
  }

  /**
   * Reads every certificate of a PEM text, in order; none gives an empty list.
   *
   * @throws CertificateFormatException if something else is among them
   */
  public static List<X509Certificate> parsePem(String pem) {
    return parseAll(Pem.decode(PEM_LABEL, pem));
  }

  /** Returns the certificates as PEM blocks, in order. */
  public static String toPem(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      text.append(Pem.encode(PEM_LABEL, der(certificate)));
    }
    return text.toString();
  }

  /** Returns the certificate's bytes. */
  public static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new CertificateFormatException("certificate: cannot be encoded", e);
    }
  }

  /** Returns the bytes of each certificate, in order. */
  public static List<byte[]> ders(List<X509Certificate> certificates) {
    return certificates.stream().map(Certificates::der).toList();
  }

  /** Returns the SHA-256 digest of the certificate's bytes. */
  public static byte[] sha256(X509Certificate certificate) {
    return sha256(der(certificate));
  }

  /** Returns the SHA-256 digest of the bytes. */
  public static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Returns the SHA-256 digest of the certificate's bytes as 64 lower-case hexadecimal digits. */
  public static String fingerprint(X509Certificate certificate) {
    return HexFormat.of().formatHex(sha256(certificate));
  }

  /** Returns a serial number in lower-case hexadecimal, without leading zeros. */
  public static String serialHex(BigInteger serial) {
    return serial.toString(16);
  }

  /**
   * Reads a serial number as {@link #serialHex} prints it.
   *
   * @throws CertificateFormatException if it is not 1-40 lower-case hexadecimal digits (RFC 5280
   *     section 4.1.2.2 allows 20 octets)
   */
  public static BigInteger serial(String hex) {
    boolean digits = !hex.isEmpty() && hex.length() <= MAX_SERIAL_HEX;
    for (int i = 0; digits && i < hex.length(); i++) {
      char c = hex.charAt(i);
      digits = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    if (!digits) {
      throw new CertificateFormatException(
          "serial number: "
              + hex.length()
              + " characters (expected: 1-40 lower-case hexadecimal digits)");
    }
    return new BigInteger(hex, 16);
  }

  /**
   * Returns what a TLS session gives as its peer's certificates.
   *
   * @throws CertificateFormatException if one is not an X.509 certificate
   */
  public static List<X509Certificate> ofPeer(Certificate[] certificates) {
    List<X509Certificate> chain = new ArrayList<>(certificates.length);
    for (Certificate certificate : certificates) {
      if (!(certificate instanceof X509Certificate x509)) {
        throw new CertificateFormatException(
            "certificate: type " + certificate.getType() + " (expected: X.509)");
      }
      chain.add(x509);
    }
    return List.copyOf(chain);
  }
}
