package dev.hawser.proxy.http;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Reads one head (RFC 9112 sections 2-6). Whatever two readers could understand differently is
 * refused: both lengths, several hosts, folded lines, space before a colon, control characters.
 */
final class Http1HeadParser {
  private static final int MAX_LENGTH_DIGITS = 18;

  private final byte[] head;
  private final Http1Fields fields;
  private final Http2Headers headers;
  private final int lineEnd;
  private boolean http11;

  private Http1HeadParser(byte[] head, HttpLimits limits, HttpEdge.Underscores underscores) {
    this.head = head;
    this.fields = new Http1Fields(head, limits.headerCount(), underscores);
    this.headers = fields.headers();
    this.lineEnd = Http1Fields.lineEnd(head, 0);
  }

  /** Reads a request's head. */
  static Http1Head request(byte[] head, HttpLimits limits, HttpEdge edge)
      throws BadMessageException {
    return new Http1HeadParser(head, limits, edge.underscores()).readRequest(edge);
  }

  /**
   * Reads a response's head.
   *
   * @param toHead whether it answers HEAD and so has no body whatever it says
   * @param asked for which protocol the request asked, or null
   */
  static Http1Head response(
      byte[] head, boolean toHead, @Nullable CharSequence asked, HttpLimits limits)
      throws BadMessageException {
    return new Http1HeadParser(head, limits, HttpEdge.Underscores.ALLOW)
        .readResponse(toHead, asked);
  }

  /** Reads the fields after the last chunk; those that would change framing or routing are bad. */
  static Http2Headers trailers(byte[] lines, HttpLimits limits) throws BadMessageException {
    Http1Fields fields = new Http1Fields(lines, limits.headerCount(), HttpEdge.Underscores.ALLOW);
    fields.read(0);
    if (fields.host() != null || fields.length() != null || fields.transferEncoding() != null) {
      throw new BadMessageException(400, "field that is not allowed in a trailer");
    }
    return fields.headers();
  }

  private Http1Head readRequest(HttpEdge edge) throws BadMessageException {
    int methodEnd = find((byte) ' ', 0);
    int targetEnd = methodEnd < 0 ? -1 : find((byte) ' ', methodEnd + 1);
    if (targetEnd < 0) {
      throw new BadMessageException(400, "request line is not method, target and version");
    }
    AsciiString method = slice(0, methodEnd);
    if (methodEnd == 0 || !all(0, methodEnd, Octets::isToken)) {
      throw new BadMessageException(400, "method is not a token");
    }
    readVersion(targetEnd + 1, lineEnd);
    boolean connect = method.contentEquals(Http1Head.CONNECT);
    headers.method(method);
    AsciiString authority;
    if (connect) {
      authority = readConnectTarget(methodEnd + 1, targetEnd, edge);
    } else {
      authority = readTarget(method, methodEnd + 1, targetEnd);
      headers.scheme(Http1Writer.HTTP);
    }
    fields.read(Http1Fields.afterLine(head, lineEnd));
    checkHost(authority);
    return connect ? finishConnect() : finishRequest(edge);
  }

  /** RFC 9112 section 3.2.3: a host with its port, and nothing else. */
  private AsciiString readConnectTarget(int start, int end, HttpEdge edge)
      throws BadMessageException {
    if (!edge.takesConnect()) {
      throw new BadMessageException(501, "CONNECT is not allowed here");
    }
    AsciiString target = slice(start, end);
    if (!HeaderRules.isConnectTarget(target)) {
      throw new BadMessageException(400, "target of CONNECT is not a host with its port");
    }
    return target;
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
    boolean wholeServer = end - start == 1 && head[start] == '*' && method.contentEquals("OPTIONS");
    if (head[start] == '/' || wholeServer) {
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

  private void readVersion(int start, int end) throws BadMessageException {
    boolean shape =
        end - start == 8
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
    AsciiString host = fields.host();
    if (host == null) {
      if (http11) {
        throw new BadMessageException(400, "no Host");
      }
      if (authority != null) {
        requireAuthority(authority);
        headers.authority(authority);
      }
      return;
    }
    requireAuthority(host);
    if (authority != null && !authority.contentEqualsIgnoreCase(host)) {
      throw new BadMessageException(400, "Host differs from the request target's");
    }
    headers.authority(host);
  }

  private static void requireAuthority(AsciiString text) throws BadMessageException {
    if (!HeaderRules.isAuthority(text)) {
      throw new BadMessageException(400, "Host is not a host and port");
    }
  }

  /** What follows the head are bytes of the tunnel, so no body can. */
  private Http1Head finishConnect() throws BadMessageException {
    if (fields.length() != null || fields.transferEncoding() != null) {
      throw new BadMessageException(400, "CONNECT with a body");
    }
    fields.endHop(http11);
    return new Http1Head(headers, Http1Head.Framing.TUNNEL, 0, http11, false);
  }

  private Http1Head finishRequest(HttpEdge edge) throws BadMessageException {
    Http1Head.Framing framing = Http1Head.Framing.NONE;
    long size = 0;
    AsciiString length = fields.length();
    if (fields.transferEncoding() != null) {
      requireChunked(400);
      framing = Http1Head.Framing.CHUNKED;
    } else if (length != null) {
      size = number(length, 400);
      framing = Http1Head.Framing.FIXED;
      headers.add(HeaderNames.CONTENT_LENGTH, length);
    }
    AsciiString upgrade = fields.upgrade();
    if (upgrade != null && http11 && isTunnel(upgrade, edge)) {
      if (framing != Http1Head.Framing.NONE || !isGet()) {
        throw new BadMessageException(400, "Upgrade of a request that is not a plain GET");
      }
      fields.endHop(true);
      headers.set(HeaderRules.PROTOCOL, upgrade);
      return new Http1Head(headers, Http1Head.Framing.TUNNEL, 0, true, false);
    }
    CharSequence expect = headers.get(HeaderNames.EXPECT);
    if (expect != null && !Octets.ascii(expect).contentEqualsIgnoreCase("100-continue")) {
      throw new BadMessageException(417, "Expect is not 100-continue");
    }
    if (!http11) {
      headers.remove(HeaderNames.EXPECT);
    }
    return new Http1Head(headers, framing, size, http11, fields.endHop(http11));
  }

  private boolean isGet() {
    return AsciiString.contentEquals("GET", headers.method());
  }

  /** An offer, say of h2c, may be ignored; a WebSocket cannot go on as a plain request. */
  private static boolean isTunnel(AsciiString upgrade, HttpEdge edge) throws BadMessageException {
    if (edge.takesUpgrade(upgrade.toString())) {
      return true;
    }
    if (upgrade.contains("websocket")) {
      throw new BadMessageException(501, "Upgrade to " + upgrade + " is not allowed here");
    }
    return false;
  }

  private Http1Head readResponse(boolean toHead, @Nullable CharSequence asked)
      throws BadMessageException {
    // "HTTP/1.1 200 OK"; the reason phrase may be absent, and some leave out the space before it.
    if (lineEnd < 12 || head[8] != ' ') {
      throw new BadMessageException(502, "status line is not version, code and reason");
    }
    readVersion(0, 8);
    int status = digits(9, 12);
    boolean separated = lineEnd == 12 || head[12] == ' ';
    if (status < 100 || status > 599 || !separated) {
      throw new BadMessageException(502, "status code is not 100-599");
    }
    headers.status(slice(9, 12));
    fields.read(Http1Fields.afterLine(head, lineEnd));
    if (status == 101) {
      return tunnelled(asked);
    }
    return finishResponse(status, toHead);
  }

  private Http1Head tunnelled(@Nullable CharSequence asked) throws BadMessageException {
    AsciiString agreed = fields.upgrade();
    boolean fits =
        asked != null && agreed != null && AsciiString.contentEqualsIgnoreCase(asked, agreed);
    if (!http11 || !fits || fields.length() != null || fields.transferEncoding() != null) {
      throw new BadMessageException(502, "101 that does not fit an Upgrade in the request");
    }
    fields.endHop(true);
    return new Http1Head(headers, Http1Head.Framing.TUNNEL, 0, true, false);
  }

  private Http1Head finishResponse(int status, boolean toHead) throws BadMessageException {
    boolean keepAlive = fields.endHop(http11);
    if (fields.transferEncoding() != null) {
      requireChunked(502);
    }
    AsciiString length = fields.length();
    long size = length == null ? 0 : number(length, 502);
    if (length != null && status != 204) {
      headers.add(HeaderNames.CONTENT_LENGTH, length);
    }
    if (toHead || status < 200 || status == 204 || status == 304) {
      return new Http1Head(headers, Http1Head.Framing.NONE, 0, http11, keepAlive);
    }
    if (fields.transferEncoding() != null) {
      return new Http1Head(headers, Http1Head.Framing.CHUNKED, 0, http11, keepAlive);
    }
    if (length != null) {
      return new Http1Head(headers, Http1Head.Framing.FIXED, size, http11, keepAlive);
    }
    return new Http1Head(headers, Http1Head.Framing.UNTIL_CLOSE, 0, http11, false);
  }

  private void requireChunked(int status) throws BadMessageException {
    AsciiString coding = fields.transferEncoding();
    if (fields.length() != null) {
      throw new BadMessageException(status, "both Content-Length and Transfer-Encoding");
    }
    if (!http11) {
      throw new BadMessageException(status, "Transfer-Encoding in HTTP/1.0");
    }
    if (coding == null || !coding.contentEqualsIgnoreCase("chunked")) {
      throw new BadMessageException(status, "Transfer-Encoding is not exactly chunked");
    }
  }

  private static long number(AsciiString text, int status) throws BadMessageException {
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
