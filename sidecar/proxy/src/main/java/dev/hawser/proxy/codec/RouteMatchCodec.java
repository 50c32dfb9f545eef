package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.RouteRule;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import java.util.Optional;

/** Reads which requests a route takes. */
final class RouteMatchCodec {
  private RouteMatchCodec() {}

  static RouteRule.Match match(String path, RouteMatch match) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        match,
        "prefix",
        "path",
        "path_separated_prefix",
        "safe_regex",
        "path_match_policy",
        "connect_matcher",
        "case_sensitive",
        "headers",
        "query_parameters",
        "grpc",
        "runtime_fraction");
    return new RouteRule.Match(
        test(path, match),
        match.hasCaseSensitive() && !match.getCaseSensitive().getValue(),
        TextCodec.headers(path + ".headers", match.getHeadersList()),
        TextCodec.query(path + ".query_parameters", match.getQueryParametersList()),
        match.hasGrpc(),
        match.hasRuntimeFraction()
            ? Optional.of(
                FractionCodec.fraction(path + ".runtime_fraction", match.getRuntimeFraction()))
            : Optional.empty());
  }

  private static RouteRule.PathMatch test(String path, RouteMatch match)
      throws ResourceRejectedException {
    return switch (match.getPathSpecifierCase()) {
      case PREFIX -> new RouteRule.PathMatch.Prefix(match.getPrefix());
      case PATH -> new RouteRule.PathMatch.Exact(match.getPath());
      case PATH_SEPARATED_PREFIX ->
          new RouteRule.PathMatch.Below(
              separated(path + ".path_separated_prefix", match.getPathSeparatedPrefix()));
      case SAFE_REGEX ->
          new RouteRule.PathMatch.Regex(
              TextCodec.regex(path + ".safe_regex", match.getSafeRegex()).expression());
      case PATH_MATCH_POLICY -> template(path + ".path_match_policy", match.getPathMatchPolicy());
      case CONNECT_MATCHER -> new RouteRule.PathMatch.Connect();
      case PATHSPECIFIER_NOT_SET ->
          throw Fields.rejected(
              path,
              match.getPathSpecifierCase()
                  + " (expected: prefix, path, path_separated_prefix, safe_regex,"
                  + " path_match_policy or connect_matcher)");
    };
  }

  private static String separated(String path, String prefix) throws ResourceRejectedException {
    boolean valid = prefix.startsWith("/") && !prefix.endsWith("/") && !prefix.matches(".*[?#].*");
    if (!valid) {
      throw Fields.rejected(path, prefix + " (expected: / first and not last, without ? or #)");
    }
    return prefix;
  }

  private static RouteRule.PathMatch template(String path, TypedExtensionConfig policy)
      throws ResourceRejectedException {
    String at = path + ".typed_config";
    UriTemplateMatchConfig config =
        Fields.unpack(at, policy.getTypedConfig(), UriTemplateMatchConfig.getDefaultInstance());
    return new RouteRule.PathMatch.Regex(
        TemplateCodec.match(at + ".path_template", config.getPathTemplate()));
  }
}
