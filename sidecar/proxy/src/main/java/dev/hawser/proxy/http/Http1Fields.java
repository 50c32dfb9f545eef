package dev.hawser.proxy.http;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the field lines of one head (RFC 9112 section 5) and keeps apart those that concern framing
 * or one hop. Names and values share the head's own bytes; nothing is copied.
 */
final class Http1Fields {
  private static final AsciiString CLOSE = AsciiString.cached("close");
  private static final AsciiString KEEP = AsciiString.cached("keep-alive");

  private final byte[] head;
  private final int limit;
  private final HttpEdge.Underscores underscores;
  private final Http2Headers headers = new DefaultHttp2Headers(false);
  private @Nullable AsciiString host;
  private @Nullable AsciiString length;
  private @Nullable AsciiString transferEncoding;
  private @Nullable AsciiString upgrade;
  private @Nullable List<AsciiString> options;

  /**
   * Makes a reader.
   *
   * @param limit fields
   */
  Http1Fields(byte[] head, int limit, HttpEdge.Underscores underscores) {
    this.head = head;
    this.limit = limit;
    this.underscores = underscores;
  }

  /** Returns the fields that pass on. */
  Http2Headers headers() {
    return headers;
  }

  @Nullable AsciiString host() {
    return host;
  }

  @Nullable AsciiString length() {
    return length;
  }

  @Nullable AsciiString transferEncoding() {
    return transferEncoding;
  }

  /** Returns the protocols to go on with that this message names, in lower case, or null. */
  @Nullable AsciiString upgrade() {
    return upgrade != null && options != null && options.contains(HeaderNames.UPGRADE)
        ? upgrade.toLowerCase()
        : null;
  }

  /** Returns the end of the line that begins here, without CR and LF. */
  static int lineEnd(byte[] head, int from) {
    int end = from;
    while (end < head.length && head[end] != '\n') {
      end++;
    }
    // The carriage return may be missing where the finder allowed it.
    return end > from && head[end - 1] == '\r' ? end - 1 : end;
  }

  /** Returns where the line after one that ends here begins. */
  static int afterLine(byte[] head, int lineEnd) {
    int next = lineEnd;
    while (next < head.length && head[next] != '\n') {
      next++;
    }
    return next + 1;
  }

  /** Reads all lines from here on. */
  void read(int from) throws BadMessageException {
    int at = from;
    int count = 0;
    while (at < head.length) {
      int lineEnd = lineEnd(head, at);
      if (Octets.isSpace(head[at])) {
        throw new BadMessageException(400, "folded field");
      }
      if (++count > limit) {
        throw new BadMessageException(431, "more than " + limit + " fields");
      }
      readLine(at, lineEnd);
      at = afterLine(head, lineEnd);
    }
  }

  private void readLine(int at, int lineEnd) throws BadMessageException {
    int colon = at;
    while (colon < lineEnd && Octets.isToken(head[colon])) {
      head[colon] = Octets.lower(head[colon]);
      colon++;
    }
    if (colon == at || colon == lineEnd || head[colon] != ':') {
      throw new BadMessageException(400, "field name is not a token followed by a colon");
    }
    int start = colon + 1;
    int end = lineEnd;
    while (start < end && Octets.isSpace(head[start])) {
      start++;
    }
    while (end > start && Octets.isSpace(head[end - 1])) {
      end--;
    }
    for (int i = start; i < end; i++) {
      if (!Octets.isField(head[i])) {
        throw new BadMessageException(400, "field value has a control character");
      }
    }
    AsciiString name = slice(at, colon);
    if (underscores == HttpEdge.Underscores.ALLOW || name.indexOf('_', 0) < 0) {
      add(name, slice(start, end));
    } else if (underscores == HttpEdge.Underscores.REJECT) {
      throw new BadMessageException(400, "field name has an underscore");
    }
  }

  private AsciiString slice(int start, int end) {
    return new AsciiString(head, start, end - start, false);
  }

  private void add(AsciiString name, AsciiString value) throws BadMessageException {
    switch (name.length()) {
      case 2 -> {
        if (name.contentEquals(HeaderNames.TE)) {
          addTe(value);
          return;
        }
      }
      case 4 -> {
        if (name.contentEquals(HeaderNames.HOST)) {
          host = single(host, value, "Host");
          return;
        }
      }
      case 7 -> {
        if (name.contentEquals(HeaderNames.UPGRADE)) {
          upgrade = upgrade == null ? value : new AsciiString(upgrade + "," + value);
          return;
        }
      }
      case 10 -> {
        if (name.contentEquals(HeaderNames.CONNECTION)) {
          addOptions(value);
          return;
        }
        if (name.contentEquals(HeaderNames.KEEP_ALIVE)) {
          return;
        }
      }
      case 14 -> {
        if (name.contentEquals(HeaderNames.CONTENT_LENGTH)) {
          length = single(length, value, "Content-Length");
          return;
        }
        if (name.contentEquals(HeaderNames.HTTP2_SETTINGS)) {
          return;
        }
      }
      case 16 -> {
        if (name.contentEquals(HeaderNames.PROXY_CONNECTION)) {
          return;
        }
      }
      case 17 -> {
        if (name.contentEquals(HeaderNames.TRANSFER_ENCODING)) {
          transferEncoding = single(transferEncoding, value, "Transfer-Encoding");
          return;
        }
      }
      default -> {}
    }
    headers.add(name, value);
  }

  private static AsciiString single(@Nullable AsciiString present, AsciiString value, String name)
      throws BadMessageException {
    if (present != null) {
      throw new BadMessageException(400, "more than one " + name);
    }
    return value;
  }

  /** Of all a client may offer only trailers passes on; HTTP/2 allows no other word. */
  private void addTe(AsciiString value) {
    for (AsciiString part : value.split(',')) {
      if (part.trim().contentEqualsIgnoreCase(HeaderNames.TRAILERS)) {
        headers.set(HeaderNames.TE, HeaderNames.TRAILERS);
      }
    }
  }

  private void addOptions(AsciiString value) throws BadMessageException {
    List<AsciiString> present = options;
    if (present == null) {
      present = new ArrayList<>(2);
      options = present;
    }
    for (AsciiString part : value.split(',')) {
      AsciiString option = part.trim().toLowerCase();
      if (option.isEmpty()) {
        continue;
      }
      if (HeaderRules.mustNotBeHopByHop(option)) {
        throw new BadMessageException(400, "Connection names a field that belongs to the request");
      }
      present.add(option);
    }
  }

  /** Drops the fields that Connection names; returns whether the connection stays open. */
  boolean endHop(boolean http11) {
    List<AsciiString> present = options;
    if (present == null) {
      return http11;
    }
    for (AsciiString option : present) {
      boolean aboutField = !option.equals(CLOSE) && !option.equals(KEEP);
      if (aboutField && !option.contentEquals(HeaderNames.TE)) {
        headers.remove(option);
      }
    }
    return !present.contains(CLOSE) && (http11 || present.contains(KEEP));
  }
}
