package dev.hawser.proxy.http;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;

/**
 * The head of an HTTP/1.x message, translated.
 *
 * @param headers with pseudo-headers, without the fields that concern one hop
 * @param length of the body when it is {@link Framing#FIXED}
 * @param keepAlive whether the connection may carry another message
 */
record Http1Head(
    Http2Headers headers, Framing framing, long length, boolean http11, boolean keepAlive) {
  static final AsciiString CONNECT = AsciiString.cached("CONNECT");

  /** How the end of the body is found (RFC 9112 section 6.3). */
  enum Framing {
    NONE,
    FIXED,
    CHUNKED,
    /** The end of the connection is the end of the body; responses only. */
    UNTIL_CLOSE,
    /**
     * Once the other side agrees, bytes follow of the protocol that {@code :protocol} names, or
     * without one of the connection that CONNECT asked for.
     */
    TUNNEL
  }

  boolean bodyless() {
    return framing == Framing.NONE || (framing == Framing.FIXED && length == 0);
  }
}
