package dev.hawser.proxy.http;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one head (RFC 9112 sections 2-5). Whatever two readers could understand differently is
 * refused: both lengths, several hosts, folded lines, space before a colon, control characters.
 *
 * <p>Names and values share the head's own bytes; nothing is copied.
 */
final class Http1HeadParser {
  private static final int MAX_LENGTH_DIGITS = 18;

  private final byte[] head;
  private final HttpLimits limits;
  private final Http2Headers headers = new DefaultHttp2Headers(false);
  private int at;
  private int lineEnd;
  private int count;
  private boolean http11;
  private @Nullable AsciiString host;
  private @Nullable AsciiString length;
  private @Nullable AsciiString transferEncoding;
  private @Nullable AsciiString upgrade;
  private @Nullable List<AsciiString> connectionOptions;

  private Http1HeadParser(byte[] head, HttpLimits limits) {
    this.head = head;
    this.limits = limits;
  }

  /** Reads a request's head. */
  static Http1Head request(byte[] head, HttpLimits limits) throws BadMessageException {
    return new Http1HeadParser(head, limits).readRequest();
  }

  /**
   * Reads a response's head.
   *
   * @param toHead whether it answers HEAD and so has no body whatever it says
   */
  static Http1Head response(byte[] head, boolean toHead, HttpLimits limits)
      throws BadMessageException {
    return new Http1HeadParser(head, limits).readResponse(toHead);
  }

  /** Reads the fields after the last chunk; those that would change framing or routing are bad. */
  static Http2Headers trailers(byte[] lines, HttpLimits limits) throws BadMessageException {
    Http1HeadParser parser = new Http1HeadParser(lines, limits);
    parser.readFields();
    if (parser.host != null || parser.length != null || parser.transferEncoding != null) {
      throw new BadMessageException(400, "field that is not allowed in a trailer");
    }
    return parser.headers;
  }

  private Http1Head readRequest() throws BadMessageException {
    nextLine();
    int methodEnd = find((byte) ' ', at);
    int targetEnd = methodEnd < 0 ? -1 : find((byte) ' ', methodEnd + 1);
    if (targetEnd < 0) {
      throw new BadMessageException(400, "request line is not method, target and version");
    }
    AsciiString method = slice(at, methodEnd);
    if (!all(at, methodEnd, Octets::isToken)) {
      throw new BadMessageException(400, "method is not a token");
    }
    readVersion(targetEnd + 1);
    int targetStart = methodEnd + 1;
    AsciiString authority = readTarget(method, targetStart, targetEnd);
    headers.method(method).scheme(Http1Writer.HTTP);
    at = lineEnd + 2;
    readFields();
    checkHost(authority);
    return finishRequest();
  }

  /** Sets the path; returns the authority of an absolute target. */
  private @Nullable AsciiString readTarget(AsciiString method, int start, int end)
      throws BadMessageException {
    if (start == end || !all(start, end, Octets::isTarget)) {
      throw new BadMessageException(400, "request target has a character that is not allowed");
    }
    for (int i = start; i + 2 < end; i++) {
      if (head[i] == '%' && head[i + 1] == '0' && head[i + 2] == '0') {
        throw new BadMessageException(400, "request target has an encoded NUL");
      }
    }
    if (method.contentEquals("CONNECT")) {
      throw new BadMessageException(501, "CONNECT is not supported");
    }
    if (head[start] == '/') {
      headers.path(slice(start, end));
      return null;
    }
    if (end - start == 1 && head[start] == '*' && method.contentEquals("OPTIONS")) {
      headers.path(slice(start, end));
      return null;
    }
    AsciiString target = slice(start, end);
    if (!target.regionMatches(true, 0, "http://", 0, 7)) {
      throw new BadMessageException(400, "request target is neither a path nor an http URI");
    }
    int pathStart = start + 7;
    while (pathStart < end && head[pathStart] != '/' && head[pathStart] != '?') {
      pathStart++;
    }
    AsciiString path = slice(pathStart, end);
    headers.path(path.isEmpty() || path.byteAt(0) == '?' ? new AsciiString("/" + path) : path);
    return slice(start + 7, pathStart);
  }

  private void readVersion(int start) throws BadMessageException {
    boolean shape =
        lineEnd - start == 8
            && slice(start, start + 5).contentEquals("HTTP/")
            && head[start + 6] == '.';
    if (!shape) {
      throw new BadMessageException(400, "version is not HTTP/x.y");
    }
    if (head[start + 5] != '1' || (head[start + 7] != '0' && head[start + 7] != '1')) {
      throw new BadMessageException(505, "version is neither HTTP/1.0 nor HTTP/1.1");
    }
    http11 = head[start + 7] == '1';
  }

  private void checkHost(@Nullable AsciiString authority) throws BadMessageException {
    if (host == null) {
      if (http11) {
        throw new BadMessageException(400, "no Host");
      }
      if (authority != null) {
        headers.authority(authority);
      }
      return;
    }
    if (!HeaderRules.isAuthority(host)) {
      throw new BadMessageException(400, "Host is not a host and port");
    }
    if (authority != null && !authority.contentEqualsIgnoreCase(host)) {
      throw new BadMessageException(400, "Host differs from the request target's");
    }
    headers.authority(host);
  }

  private Http1Head finishRequest() throws BadMessageException {
    Http1Head.Framing framing = Http1Head.Framing.NONE;
    long size = 0;
    if (transferEncoding != null) {
      requireChunked(400);
      framing = Http1Head.Framing.CHUNKED;
    } else if (length != null) {
      size = contentLength(400);
      framing = Http1Head.Framing.FIXED;
      headers.add(HeaderNames.CONTENT_LENGTH, length);
    }
    refuseUpgrade();
    CharSequence expect = headers.get(HeaderNames.EXPECT);
    if (expect != null && !Octets.ascii(expect).contentEqualsIgnoreCase("100-continue")) {
      throw new BadMessageException(417, "Expect is not 100-continue");
    }
    return new Http1Head(headers, framing, size, http11, endHop());
  }

  /** An offer of h2c may be ignored; a WebSocket cannot go on as a plain request. */
  private void refuseUpgrade() throws BadMessageException {
    if (upgrade != null
        && upgrade.toLowerCase().contains("websocket")
        && option(HeaderNames.UPGRADE)) {
      throw new BadMessageException(501, "Upgrade to websocket is not supported");
    }
  }

  private Http1Head readResponse(boolean toHead) throws BadMessageException {
    nextLine();
    // "HTTP/1.1 200 OK"; the reason phrase may be absent, and some leave out the space before it.
    if (lineEnd - at < 12 || head[at + 8] != ' ') {
      throw new BadMessageException(502, "status line is not version, code and reason");
    }
    int versionEnd = at + 8;
    int fullEnd = lineEnd;
    lineEnd = versionEnd;
    readVersion(at);
    lineEnd = fullEnd;
    int status = digits(versionEnd + 1, versionEnd + 4);
    boolean separated = lineEnd == versionEnd + 4 || head[versionEnd + 4] == ' ';
    if (status < 100 || status > 599 || !separated) {
      throw new BadMessageException(502, "status code is not 100-599");
    }
    headers.status(slice(versionEnd + 1, versionEnd + 4));
    at = afterLine();
    readFields();
    return finishResponse(status, toHead);
  }

  private Http1Head finishResponse(int status, boolean toHead) throws BadMessageException {
    if (status == 101) {
      throw new BadMessageException(502, "101 without an Upgrade in the request");
    }
    if (host != null) {
      headers.add(HeaderNames.HOST, host);
    }
    boolean keepAlive = endHop();
    if (transferEncoding != null) {
      requireChunked(502);
    }
    long size = length == null ? 0 : contentLength(502);
    if (length != null && status != 204) {
      headers.add(HeaderNames.CONTENT_LENGTH, length);
    }
    if (toHead || status < 200 || status == 204 || status == 304) {
      return new Http1Head(headers, Http1Head.Framing.NONE, 0, http11, keepAlive);
    }
    if (transferEncoding != null) {
      return new Http1Head(headers, Http1Head.Framing.CHUNKED, 0, http11, keepAlive);
    }
    if (length != null) {
      return new Http1Head(headers, Http1Head.Framing.FIXED, size, http11, keepAlive);
    }
    return new Http1Head(headers, Http1Head.Framing.UNTIL_CLOSE, 0, http11, false);
  }

  private void requireChunked(int status) throws BadMessageException {
    if (length != null) {
      throw new BadMessageException(status, "both Content-Length and Transfer-Encoding");
    }
    if (!http11) {
      throw new BadMessageException(status, "Transfer-Encoding in HTTP/1.0");
    }
    if (transferEncoding == null || !transferEncoding.contentEqualsIgnoreCase("chunked")) {
      throw new BadMessageException(status, "Transfer-Encoding is not exactly chunked");
    }
  }

  private long contentLength(int status) throws BadMessageException {
    AsciiString text = length == null ? AsciiString.EMPTY_STRING : length;
    if (text.isEmpty() || text.length() > MAX_LENGTH_DIGITS) {
      throw new BadMessageException(status, "Content-Length is not a number");
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      byte digit = text.byteAt(i);
      if (digit < '0' || digit > '9') {
        throw new BadMessageException(status, "Content-Length is not a number");
      }
      value = value * 10 + (digit - '0');
    }
    return value;
  }

  private void readFields() throws BadMessageException {
    while (at < head.length) {
      nextLine();
      if (Octets.isSpace(head[at])) {
        throw new BadMessageException(400, "folded field");
      }
      if (++count > limits.headerCount()) {
        throw new BadMessageException(431, "more than " + limits.headerCount() + " fields");
      }
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
      if (!all(start, end, Octets::isField)) {
        throw new BadMessageException(400, "field value has a control character");
      }
      addField(slice(at, colon), slice(start, end));
      at = afterLine();
    }
  }

  private void addField(AsciiString name, AsciiString value) throws BadMessageException {
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
    List<AsciiString> options = connectionOptions;
    if (options == null) {
      options = new ArrayList<>(2);
      connectionOptions = options;
    }
    for (AsciiString part : value.split(',')) {
      AsciiString option = part.trim().toLowerCase();
      if (option.isEmpty()) {
        continue;
      }
      if (HeaderRules.mustNotBeHopByHop(option)) {
        throw new BadMessageException(400, "Connection names a field that belongs to the request");
      }
      options.add(option);
    }
  }

  private boolean option(AsciiString name) {
    return connectionOptions != null && connectionOptions.contains(name);
  }

  /** Drops the fields that Connection names; returns whether the connection stays open. */
  private boolean endHop() {
    boolean keepAlive = http11;
    if (connectionOptions != null) {
      for (AsciiString option : connectionOptions) {
        if (option.contentEquals("close")) {
          keepAlive = false;
        } else if (!option.contentEquals("keep-alive")) {
          if (!option.contentEquals(HeaderNames.TE)) {
            headers.remove(option);
          }
        } else if (!http11 && !connectionOptions.contains(AsciiString.cached("close"))) {
          keepAlive = true;
        }
      }
    }
    return keepAlive;
  }

  /** Finds the end of the line that begins at {@link #at}. */
  private void nextLine() {
    int end = at;
    while (end < head.length && head[end] != '\n') {
      end++;
    }
    // The carriage return may be missing where the finder allowed it.
    lineEnd = end > at && head[end - 1] == '\r' ? end - 1 : end;
  }

  private int afterLine() {
    int next = lineEnd;
    while (next < head.length && head[next] != '\n') {
      next++;
    }
    return next + 1;
  }

  private int find(byte wanted, int from) {
    for (int i = from; i < lineEnd; i++) {
      if (head[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private int digits(int start, int end) {
    int value = 0;
    for (int i = start; i < end; i++) {
      if (head[i] < '0' || head[i] > '9') {
        return -1;
      }
      value = value * 10 + (head[i] - '0');
    }
    return value;
  }

  private AsciiString slice(int start, int end) {
    return new AsciiString(head, start, end - start, false);
  }

  /** A test of one octet. */
  @FunctionalInterface
  private interface OctetTest {
    boolean test(byte octet);
  }

  private boolean all(int start, int end, OctetTest test) {
    for (int i = start; i < end; i++) {
      if (!test.test(head[i])) {
        return false;
      }
    }
    return true;
  }
}
