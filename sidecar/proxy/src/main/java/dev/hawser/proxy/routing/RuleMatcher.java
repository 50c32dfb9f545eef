package dev.hawser.proxy.routing;

import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.model.FieldMatch;
import dev.hawser.proxy.model.RouteRule;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.SplittableRandom;

/** Tests requests by rules. */
public final class RuleMatcher {
  private static final String GRPC = "application/grpc";

  private RuleMatcher() {}

  /** Whether a rule takes every request, so that nothing of it needs to be looked at. */
  static boolean takesAll(RouteRule.Match match) {
    return match.path() instanceof RouteRule.PathMatch.Prefix(String value)
        && value.equals("/")
        && match.headers().isEmpty()
        && match.query().isEmpty()
        && !match.grpc()
        && match.share().isEmpty();
  }

  /** Whether a rule takes a request. */
  public static boolean matches(
      RouteRule.Match match, Http2Headers request, SplittableRandom random) {
    return takesAll(match) || matches(match, request, RequestPath.of(request), random);
  }

  /** Whether a rule takes a request with this path. */
  static boolean matches(
      RouteRule.Match match, Http2Headers request, RequestPath path, SplittableRandom random) {
    if (!matchesPath(match, path.path()) || (match.grpc() && !isGrpc(request))) {
      return false;
    }
    for (FieldMatch header : match.headers()) {
      if (!header.test(request)) {
        return false;
      }
    }
    for (FieldMatch parameter : match.query()) {
      if (!parameter.test(path.parameter(parameter.name()))) {
        return false;
      }
    }
    return match.share().isEmpty() || match.share().get().takes(random);
  }

  /** Whether it is a gRPC request: {@code application/grpc} or {@code application/grpc+...}. */
  static boolean isGrpc(Http2Headers request) {
    CharSequence type = request.get(HeaderNames.CONTENT_TYPE);
    return type != null
        && AsciiString.regionMatches(type, false, 0, GRPC, 0, GRPC.length())
        && (type.length() == GRPC.length() || type.charAt(GRPC.length()) == '+');
  }

  private static boolean matchesPath(RouteRule.Match match, String path) {
    boolean fold = match.ignoreCase();
    return switch (match.path()) {
      case RouteRule.PathMatch.Prefix(String value) ->
          path.regionMatches(fold, 0, value, 0, value.length());
      case RouteRule.PathMatch.Exact(String value) ->
          fold ? path.equalsIgnoreCase(value) : path.equals(value);
      case RouteRule.PathMatch.Below(String value) ->
          path.regionMatches(fold, 0, value, 0, value.length())
              && (path.length() == value.length() || path.charAt(value.length()) == '/');
      case RouteRule.PathMatch.Regex regex -> regex.expression().matches(path);
      case RouteRule.PathMatch.Connect _ -> path.isEmpty();
    };
  }
}
