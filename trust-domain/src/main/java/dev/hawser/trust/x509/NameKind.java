package dev.hawser.trust.x509;

/** The kinds of a general name, by their tag in RFC 5280 section 4.2.1.6. */
public enum NameKind {
  OTHER("other name"),
  EMAIL("email"),
  DNS("DNS"),
  X400("X.400"),
  DIRECTORY("directory name"),
  EDI("EDI party"),
  URI("URI"),
  IP("IP address"),
  REGISTERED_ID("registered id");

  private final String label;

  NameKind(String label) {
    this.label = label;
  }

  /** Returns the kind's name for people. */
  public String label() {
    return label;
  }

  static NameKind of(int tag) {
    if (tag < 0 || tag >= values().length) {
      throw new CertificateFormatException("certificate: a name with the unknown tag " + tag);
    }
    return values()[tag];
  }
}
