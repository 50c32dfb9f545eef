package dev.hawser.proxy.http;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules for heads that came over HTTP/2 (RFC 9113 section 8.2 and 8.3), and names with a role. */
final class HeaderRules {
  static final AsciiString PROTOCOL = Http2Headers.PseudoHeaderName.PROTOCOL.value();

  /** Fields that a Connection header must not take away: what they say is not about one hop. */
  private static final Set<AsciiString> NEVER_HOP_BY_HOP =
      Set.of(
          HeaderNames.HOST,
          HeaderNames.CONTENT_LENGTH,
          HeaderNames.TRANSFER_ENCODING,
          HeaderNames.X_FORWARDED_CLIENT_CERT,
          HeaderNames.COOKIE,
          AsciiString.cached("authorization"));

  /** Fields that HTTP/2 does not have (RFC 9113 section 8.2.2). */
  private static final Set<AsciiString> NOT_IN_HTTP2 =
      Set.of(
          HeaderNames.CONNECTION,
          HeaderNames.KEEP_ALIVE,
          HeaderNames.PROXY_CONNECTION,
          HeaderNames.TRANSFER_ENCODING,
          HeaderNames.UPGRADE);

  private HeaderRules() {}

  static boolean mustNotBeHopByHop(AsciiString name) {
    return NEVER_HOP_BY_HOP.contains(name);
  }

  /** Whether it is a host, maybe with a port; IPv6 in brackets. */
  static boolean isAuthority(CharSequence text) {
    AsciiString authority = Octets.ascii(text);
    if (authority.isEmpty() || authority.length() > 261) {
      return false;
    }
    int hostEnd = authority.length();
    if (authority.byteAt(0) == '[') {
      hostEnd = authority.indexOf(']', 0) + 1;
      if (hostEnd == 0) {
        return false;
      }
    } else {
      int colon = authority.indexOf(':', 0);
      hostEnd = colon < 0 ? hostEnd : colon;
      if (authority.indexOf('[', 0) >= 0 || authority.indexOf(']', 0) >= 0) {
        return false;
      }
    }
    if (hostEnd == 0) {
      return false;
    }
    for (int i = 0; i < hostEnd; i++) {
      if (!Octets.isAuthority(authority.byteAt(i))) {
        return false;
      }
    }
    return hostEnd == authority.length() || isPort(authority, hostEnd);
  }

  private static boolean isPort(AsciiString authority, int colon) {
    int digits = authority.length() - colon - 1;
    if (authority.byteAt(colon) != ':' || digits < 1 || digits > 5) {
      return false;
    }
    for (int i = colon + 1; i < authority.length(); i++) {
      if (authority.byteAt(i) < '0' || authority.byteAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /**
   * Checks a request's head and folds Host into the authority.
   *
   * @return what is wrong with it, or null
   */
  static @Nullable String checkRequest(
      Http2Headers headers, int maxCount, HttpEdge.Underscores underscores) {
    String problem = checkFields(headers, maxCount);
    if (problem == null && underscores != HttpEdge.Underscores.ALLOW) {
      problem = settleUnderscores(headers, underscores == HttpEdge.Underscores.DROP);
    }
    if (problem != null) {
      return problem;
    }
    CharSequence method = headers.method();
    CharSequence path = headers.path();
    if (method == null || method.length() == 0 || !all(method, Octets::isToken)) {
      return "method is not a token";
    }
    if (headers.getAll(Http2Headers.PseudoHeaderName.METHOD.value()).size() > 1
        || headers.getAll(Http2Headers.PseudoHeaderName.PATH.value()).size() > 1
        || headers.getAll(Http2Headers.PseudoHeaderName.AUTHORITY.value()).size() > 1) {
      return "pseudo-header twice";
    }
    boolean connect = AsciiString.contentEquals(method, "CONNECT");
    if (connect && !headers.contains(PROTOCOL)) {
      return checkConnect(headers);
    }
    if (headers.contains(PROTOCOL) && (!connect || !isExtendedConnect(headers))) {
      return ":protocol does not belong to an extended CONNECT";
    }
    if (headers.scheme() == null || path == null || !isPath(path, method)) {
      return "scheme or path is missing or malformed";
    }
    return foldHost(headers);
  }

  /** RFC 9113 section 8.5: CONNECT with nothing but where to. */
  private static @Nullable String checkConnect(Http2Headers headers) {
    if (headers.scheme() != null || headers.path() != null) {
      return "CONNECT with a scheme or a path";
    }
    CharSequence authority = headers.authority();
    if (authority == null || !isConnectTarget(authority)) {
      return "authority of CONNECT is not a host with its port";
    }
    return headers.contains(HeaderNames.CONTENT_LENGTH) ? "CONNECT with a body" : foldHost(headers);
  }

  /** Whether it is a host with its port. */
  static boolean isConnectTarget(CharSequence text) {
    AsciiString target = Octets.ascii(text);
    return isAuthority(target) && target.lastIndexOf(":") > target.lastIndexOf("]");
  }

  /** RFC 8441 section 4: CONNECT with all that another request has. */
  private static boolean isExtendedConnect(Http2Headers headers) {
    CharSequence protocol = headers.get(PROTOCOL);
    return headers.getAll(PROTOCOL).size() == 1
        && protocol != null
        && protocol.length() > 0
        && all(protocol, Octets::isToken)
        && headers.authority() != null;
  }

  private static boolean isPath(CharSequence path, CharSequence method) {
    if (path.length() == 0 || !all(path, Octets::isTarget)) {
      return false;
    }
    String text = path.toString();
    if (text.contains("%00")) {
      return false;
    }
    return text.charAt(0) == '/'
        || (text.equals("*") && AsciiString.contentEquals(method, "OPTIONS"));
  }

  private static @Nullable String foldHost(Http2Headers headers) {
    CharSequence authority = headers.authority();
    CharSequence host = headers.get(HeaderNames.HOST);
    if (host != null) {
      if (headers.getAll(HeaderNames.HOST).size() > 1) {
        return "more than one Host";
      }
      if (authority != null && !AsciiString.contentEqualsIgnoreCase(host, authority)) {
        return "Host differs from the authority";
      }
      headers.remove(HeaderNames.HOST);
      headers.authority(host);
      authority = host;
    }
    return authority != null && !isAuthority(authority) ? "authority is not a host and port" : null;
  }

  /**
   * Checks names and values of any head.
   *
   * @return what is wrong with it, or null
   */
  static @Nullable String checkFields(Http2Headers headers, int maxCount) {
    if (headers.size() > maxCount + 4) {
      return "more than " + maxCount + " fields";
    }
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      AsciiString name = Octets.ascii(field.getKey());
      boolean pseudo = !name.isEmpty() && name.byteAt(0) == ':';
      if (name.isEmpty() || (!pseudo && !isLowerToken(name))) {
        return "field name is not a token in lower case";
      }
      if (!all(field.getValue(), Octets::isField)) {
        return "field value has a control character";
      }
      if (!pseudo && NOT_IN_HTTP2.contains(name)) {
        return "field " + name + " is not allowed in HTTP/2";
      }
      if (name.contentEquals(HeaderNames.TE)
          && !AsciiString.contentEqualsIgnoreCase(field.getValue(), HeaderNames.TRAILERS)) {
        return "TE is not trailers";
      }
    }
    return null;
  }

  private static @Nullable String settleUnderscores(Http2Headers headers, boolean drop) {
    List<CharSequence> found = new ArrayList<>();
    for (CharSequence name : headers.names()) {
      if (Octets.ascii(name).indexOf('_', 0) >= 0) {
        found.add(name);
      }
    }
    if (!found.isEmpty() && !drop) {
      return "field name has an underscore";
    }
    found.forEach(headers::remove);
    return null;
  }

  private static boolean isLowerToken(AsciiString name) {
    for (int i = 0; i < name.length(); i++) {
      byte octet = name.byteAt(i);
      if (!Octets.isToken(octet) || (octet >= 'A' && octet <= 'Z')) {
        return false;
      }
    }
    return true;
  }

  /** A test of one octet. */
  @FunctionalInterface
  private interface OctetTest {
    boolean test(byte octet);
  }

  private static boolean all(CharSequence text, OctetTest test) {
    if (text instanceof AsciiString ascii) {
      byte[] bytes = ascii.array();
      int end = ascii.arrayOffset() + ascii.length();
      for (int i = ascii.arrayOffset(); i < end; i++) {
        if (!test.test(bytes[i])) {
          return false;
        }
      }
      return true;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > 0xff || !test.test((byte) c)) {
        return false;
      }
    }
    return true;
  }
}
