package dev.hawser.proxy.routing;

import dev.hawser.proxy.model.FieldMatch;
import dev.hawser.proxy.model.RouteRule;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Tests requests by rules. */
public final class RuleMatcher {
  private RuleMatcher() {}

  /** Whether a rule takes a request. */
  public static boolean matches(RouteRule.Match match, Http2Headers request) {
    if (isEverything(match)) {
      return true;
    }
    String whole = String.valueOf(request.path());
    int mark = whole.indexOf('?');
    String path = mark < 0 ? whole : whole.substring(0, mark);
    if (!matchesPath(match, path)) {
      return false;
    }
    for (FieldMatch header : match.headers()) {
      if (!header.test(HeaderValue.of(request, header.name()))) {
        return false;
      }
    }
    String query = mark < 0 ? "" : whole.substring(mark + 1);
    for (FieldMatch parameter : match.query()) {
      if (!parameter.test(parameter(query, parameter.name()))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isEverything(RouteRule.Match match) {
    return match.path() instanceof RouteRule.PathMatch.Prefix(String value)
        && value.equals("/")
        && match.headers().isEmpty()
        && match.query().isEmpty();
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
    };
  }

  private static @Nullable String parameter(String query, String name) {
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String key = equals < 0 ? pair : pair.substring(0, equals);
      if (key.equals(name)) {
        return equals < 0 ? "" : pair.substring(equals + 1);
      }
    }
    return null;
  }

  /** Puts the rewritten part in the place of the matched one. */
  static void rewritePath(RouteRule rule, String rewrite, Http2Headers request) {
    String path = String.valueOf(request.path());
    int matched =
        switch (rule.match().path()) {
          case RouteRule.PathMatch.Prefix(String value) -> value.length();
          case RouteRule.PathMatch.Exact(String value) -> value.length();
          case RouteRule.PathMatch.Below(String value) -> value.length();
        };
    request.path(rewrite + path.substring(Math.min(matched, path.length())));
  }

  /** Chooses one of the targets by weight. */
  static RouteRule.Target choose(List<RouteRule.Target> targets, SplittableRandom random) {
    if (targets.size() == 1) {
      return targets.getFirst();
    }
    long total = 0;
    for (RouteRule.Target target : targets) {
      total += target.weight();
    }
    long place = random.nextLong(total);
    for (RouteRule.Target target : targets) {
      place -= target.weight();
      if (place < 0) {
        return target;
      }
    }
    return targets.getLast();
  }
}
