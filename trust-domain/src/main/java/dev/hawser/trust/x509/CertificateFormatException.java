package dev.hawser.trust.x509;

/** Bytes or text that should have been a certificate, a key or a request, and are not. */
public final class CertificateFormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public CertificateFormatException(String message) {
    super(message);
  }

  public CertificateFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
