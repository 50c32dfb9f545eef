package dev.hawser.proxy.http;

import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.util.AsciiString;
import java.util.Set;

/**
 * Fields that do not enter the table of a connection's encoder (RFC 7541 section 7.1.3): secrets,
 * since one client of a connection that many share could find out another's by what it compresses
 * to, and what is different each time and would only push out what comes again.
 */
final class NeverIndexed implements Http2HeadersEncoder.SensitivityDetector {
  static final NeverIndexed INSTANCE = new NeverIndexed();

  private static final Set<AsciiString> NAMES =
      Set.of(
          AsciiString.cached("authorization"),
          AsciiString.cached("proxy-authorization"),
          HeaderNames.COOKIE,
          HeaderNames.SET_COOKIE,
          HeaderNames.X_REQUEST_ID,
          AsciiString.cached("traceparent"),
          AsciiString.cached("tracestate"),
          AsciiString.cached("b3"),
          AsciiString.cached("x-b3-traceid"),
          AsciiString.cached("x-b3-spanid"),
          AsciiString.cached("x-b3-parentspanid"));

  /** Bits of the lengths of the names: most others are told by theirs alone. */
  private static final long LENGTHS =
      NAMES.stream().mapToLong(name -> 1L << name.length()).reduce(0, (a, b) -> a | b);

  private NeverIndexed() {}

  @Override
  public boolean isSensitive(CharSequence name, CharSequence value) {
    int length = name.length();
    return length < Long.SIZE
        && (LENGTHS & 1L << length) != 0
        && NAMES.contains(AsciiString.of(name));
  }
}
