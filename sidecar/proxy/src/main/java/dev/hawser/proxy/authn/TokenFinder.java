package dev.hawser.proxy.authn;

import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.model.JwtConfig;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the tokens in a request. */
final class TokenFinder {
  /** More than one is odd; more than a few is somebody who wants us to work. */
  private static final int MAX_TOKENS = 8;

  /** RFC 6750: the scheme's name is compared without regard to case (RFC 9110 section 11.1). */
  private static final JwtConfig.HeaderPlace USUAL =
      new JwtConfig.HeaderPlace("authorization", "Bearer ");

  private static final String USUAL_PARAMETER = "access_token";

  /** Stands for what is not looked at, and is refused as every token that is none. */
  private static final Found TOO_MANY = new Found("too many", null, null);

  private TokenFinder() {}

  /**
   * A token and where it was.
   *
   * @param header null if it was in none
   * @param parameter of the query; null if it was in none
   */
  record Found(String token, @Nullable String header, @Nullable String parameter) {}

  /** Returns the tokens at a provider's places; at the usual ones if it names none. */
  static List<Found> find(JwtConfig.Provider provider, Http2Headers request) {
    List<Found> found = new ArrayList<>(1);
    boolean usual =
        provider.headers().isEmpty()
            && provider.parameters().isEmpty()
            && provider.cookies().isEmpty();
    if (usual) {
      inHeader(USUAL, request, found);
      inQuery(List.of(USUAL_PARAMETER), request, found);
      return found;
    }
    for (JwtConfig.HeaderPlace place : provider.headers()) {
      inHeader(place, request, found);
    }
    if (!provider.parameters().isEmpty()) {
      inQuery(provider.parameters(), request, found);
    }
    if (!provider.cookies().isEmpty()) {
      inCookies(provider.cookies(), request, found);
    }
    return found;
  }

  private static void inHeader(
      JwtConfig.HeaderPlace place, Http2Headers request, List<Found> found) {
    String prefix = place.prefix();
    for (CharSequence value : request.getAll(place.name())) {
      String text = value.toString().strip();
      if (text.regionMatches(true, 0, prefix, 0, prefix.length())) {
        add(found, new Found(text.substring(prefix.length()).strip(), place.name(), null));
      }
    }
  }

  private static void inQuery(List<String> names, Http2Headers request, List<Found> found) {
    String path = String.valueOf(request.path());
    int mark = path.indexOf('?');
    if (mark < 0) {
      return;
    }
    for (String pair : path.substring(mark + 1).split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? "" : decoded(pair.substring(0, equals));
      if (names.contains(name)) {
        add(found, new Found(decoded(pair.substring(equals + 1)), null, name));
      }
    }
  }

  /**
   * Returns a name or value as an application reads it: one that is written with escapes is no
   * other. What is no escape stays as it is.
   */
  private static String decoded(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int value = c == '%' && i + 2 < text.length() ? octet(text, i + 1) : -1;
      if (value >= 0) {
        out.append((char) value);
        i += 2;
      } else {
        out.append(c == '+' ? ' ' : c);
      }
    }
    return out.toString();
  }

  /** Returns the octet that two digits say, or less than 0 if they do not. */
  private static int octet(String text, int at) {
    int high = Character.digit(text.charAt(at), 16);
    int low = Character.digit(text.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }

  /** Returns a path without a parameter of its query. */
  static String without(String path, String parameter) {
    int mark = path.indexOf('?');
    if (mark < 0) {
      return path;
    }
    StringBuilder out = new StringBuilder(path.substring(0, mark));
    char before = '?';
    for (String pair : path.substring(mark + 1).split("&", -1)) {
      int equals = pair.indexOf('=');
      if (!parameter.equals(decoded(equals < 0 ? pair : pair.substring(0, equals)))) {
        out.append(before).append(pair);
        before = '&';
      }
    }
    return out.toString();
  }

  private static void inCookies(List<String> names, Http2Headers request, List<Found> found) {
    for (CharSequence value : request.getAll(HeaderNames.COOKIE)) {
      for (String pair : value.toString().split(";", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0 && names.contains(pair.substring(0, equals).strip())) {
          add(found, new Found(unquoted(pair.substring(equals + 1).strip()), null, null));
        }
      }
    }
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  private static void add(List<Found> found, Found one) {
    if (!one.token().isEmpty() && found.size() <= MAX_TOKENS) {
      found.add(found.size() < MAX_TOKENS ? one : TOO_MANY);
    }
  }

  /** Returns the address that a refusal names as the realm, without anything that could end it. */
  static String realm(Http2Headers request) {
    String path = String.valueOf(request.path());
    int mark = path.indexOf('?');
    String whole =
        String.valueOf(request.scheme()).toLowerCase(Locale.ROOT)
            + "://"
            + request.authority()
            + (mark < 0 ? path : path.substring(0, mark));
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < whole.length() && i < 256; i++) {
      char c = whole.charAt(i);
      if (c > ' ' && c < 0x7f && c != '"' && c != '\\') {
        out.append(c);
      }
    }
    return out.toString();
  }
}
