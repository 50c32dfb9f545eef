package dev.hawser.engine.hello;

import java.util.List;

/** What the first bytes of a connection turned out to be. */
public sealed interface Detection {
  /** A correct beginning; more bytes are needed. */
  record Incomplete() implements Detection {}

  /** Something else than a TLS handshake record. */
  record NotTls() implements Detection {}

  /**
   * A ClientHello that names no server.
   *
   * @param alpn application protocols in the order of preference, maybe none
   */
  record NoSni(List<String> alpn) implements Detection {}

  /**
   * A ClientHello that names one server.
   *
   * @param name a DNS name in lower case, without a trailing dot, at most 253 octets
   * @param alpn application protocols in the order of preference, maybe none
   */
  record Sni(String name, List<String> alpn) implements Detection {}

  /**
   * TLS records, but not a ClientHello that may be routed.
   *
   * @param reason a sentence fragment for logs; never text of the sender
   */
  record Malformed(String reason) implements Detection {}

  /** The one value of {@link Incomplete}. */
  Detection INCOMPLETE = new Incomplete();

  /** The one value of {@link NotTls}. */
  Detection NOT_TLS = new NotTls();
}
