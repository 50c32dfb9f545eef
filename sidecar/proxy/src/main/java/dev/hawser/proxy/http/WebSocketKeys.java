package dev.hawser.proxy.http;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.random.RandomGenerator;

/**
 * The key of an opening handshake and its answer (RFC 6455 section 4). HTTP/2 has neither (RFC 8441
 * section 5), so who goes from one to the other makes them.
 */
final class WebSocketKeys {
  static final AsciiString WEBSOCKET = AsciiString.cached("websocket");

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  private WebSocketKeys() {}

  /** Returns a new key. It proves nothing about anybody, so it need not be hard to guess. */
  static AsciiString key(RandomGenerator random) {
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    return new AsciiString(Base64.getEncoder().encodeToString(bytes));
  }

  /** Returns what a server answers to a key. */
  static AsciiString accept(CharSequence key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
      return new AsciiString(Base64.getEncoder().encodeToString(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
