package dev.hawser.trust.verify;

/** What the peer is in the handshake; its certificate must be meant for that. */
public enum Role {
  /** The peer opened the connection. */
  CLIENT("1.3.6.1.5.5.7.3.2", "TLS client"),
  /** The peer accepted the connection. */
  SERVER("1.3.6.1.5.5.7.3.1", "TLS server");

  private final String extendedKeyUsage;
  private final String label;

  Role(String extendedKeyUsage, String label) {
    this.extendedKeyUsage = extendedKeyUsage;
    this.label = label;
  }

  /** Returns the extended key usage that says so, RFC 5280 section 4.2.1.12. */
  String extendedKeyUsage() {
    return extendedKeyUsage;
  }

  /** Returns the role's name for people. */
  String label() {
    return label;
  }
}
