package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.RouteRule.Action;
import dev.hawser.proxy.model.RouteRule.PathRewrite;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import java.util.Optional;

/** Reads redirects. */
final class RedirectCodec {
  private RedirectCodec() {}

  static Action.Redirect redirect(String path, RedirectAction action)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        action,
        "https_redirect",
        "scheme_redirect",
        "host_redirect",
        "port_redirect",
        "path_redirect",
        "prefix_rewrite",
        "regex_rewrite",
        "response_code",
        "strip_query");
    int port = action.getPortRedirect();
    if (port < 0 || port > 65_535) {
      throw Fields.rejected(
          path + ".port_redirect", Integer.toUnsignedString(port) + " (expected: 0-65535)");
    }
    return new Action.Redirect(
        status(path, action),
        scheme(path, action),
        Optional.of(RewriteCodec.visible(path + ".host_redirect", action.getHostRedirect()))
            .filter(host -> !host.isEmpty()),
        port == 0 ? Optional.empty() : Optional.of(port),
        rewrite(path, action),
        action.getStripQuery());
  }

  private static int status(String path, RedirectAction action) throws ResourceRejectedException {
    return switch (action.getResponseCode()) {
      case MOVED_PERMANENTLY -> 301;
      case FOUND -> 302;
      case SEE_OTHER -> 303;
      case TEMPORARY_REDIRECT -> 307;
      case PERMANENT_REDIRECT -> 308;
      case UNRECOGNIZED ->
          throw Fields.rejected(
              path + ".response_code",
              action.getResponseCodeValue() + " (expected: one of the five redirects)");
    };
  }

  private static Optional<String> scheme(String path, RedirectAction action)
      throws ResourceRejectedException {
    return switch (action.getSchemeRewriteSpecifierCase()) {
      case HTTPS_REDIRECT -> action.getHttpsRedirect() ? Optional.of("https") : Optional.empty();
      case SCHEME_REDIRECT -> {
        String scheme = action.getSchemeRedirect();
        if (!scheme.matches("[A-Za-z][A-Za-z0-9+.-]*")) {
          throw Fields.rejected(path + ".scheme_redirect", scheme + " (expected: a scheme)");
        }
        yield Optional.of(scheme);
      }
      case SCHEMEREWRITESPECIFIER_NOT_SET -> Optional.empty();
    };
  }

  private static PathRewrite rewrite(String path, RedirectAction action)
      throws ResourceRejectedException {
    return switch (action.getPathRewriteSpecifierCase()) {
      case PATH_REDIRECT ->
          new PathRewrite.Whole(
              RewriteCodec.visible(path + ".path_redirect", action.getPathRedirect()));
      case PREFIX_REWRITE ->
          new PathRewrite.Matched(
              RewriteCodec.visible(path + ".prefix_rewrite", action.getPrefixRewrite()));
      case REGEX_REWRITE ->
          new PathRewrite.Regex(
              RewriteCodec.replacement(path + ".regex_rewrite", action.getRegexRewrite()));
      case PATHREWRITESPECIFIER_NOT_SET -> new PathRewrite.Keep();
    };
  }
}
