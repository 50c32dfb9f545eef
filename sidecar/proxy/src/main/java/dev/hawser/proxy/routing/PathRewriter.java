package dev.hawser.proxy.routing;

import dev.hawser.proxy.model.RouteRule;

/** Makes the path that the upstream, or the caller in a redirect, gets to see. Pure. */
final class PathRewriter {
  private PathRewriter() {}

  /** Returns the new path with its query; a template's variables are those of the rule. */
  static String rewrite(RouteRule rule, RouteRule.PathRewrite rewrite, RequestPath path) {
    return switch (rewrite) {
      case RouteRule.PathRewrite.Keep _ -> path.with(path.path());
      case RouteRule.PathRewrite.Matched(String by) ->
          path.with(by + path.path().substring(matched(rule, path.path())));
      case RouteRule.PathRewrite.Regex(var replacement) ->
          path.with(absolute(replacement.in(path.path())));
      case RouteRule.PathRewrite.Whole(String by) -> by.indexOf('?') >= 0 ? by : path.with(by);
    };
  }

  /** An expression may take the first slash away, and then it would be no path any more. */
  private static String absolute(String path) {
    return path.startsWith("/") ? path : "/" + path;
  }

  private static int matched(RouteRule rule, String path) {
    int length =
        switch (rule.match().path()) {
          case RouteRule.PathMatch.Prefix(String value) -> value.length();
          case RouteRule.PathMatch.Below(String value) -> value.length();
          case RouteRule.PathMatch.Exact _,
              RouteRule.PathMatch.Regex _,
              RouteRule.PathMatch.Connect _ ->
              path.length();
        };
    return Math.min(length, path.length());
  }
}
