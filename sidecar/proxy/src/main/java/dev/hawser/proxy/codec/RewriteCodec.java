package dev.hawser.proxy.codec;

import com.google.re2j.Pattern;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Replacement;
import dev.hawser.proxy.model.RouteRule.HostRewrite;
import dev.hawser.proxy.model.RouteRule.PathMatch;
import dev.hawser.proxy.model.RouteRule.PathRewrite;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import java.util.Locale;

/** Reads what becomes of paths and authorities. */
final class RewriteCodec {
  private RewriteCodec() {}

  static PathRewrite path(String path, RouteAction action, PathMatch match)
      throws ResourceRejectedException {
    int said =
        (action.getPrefixRewrite().isEmpty() ? 0 : 1)
            + (action.hasRegexRewrite() ? 1 : 0)
            + (action.hasPathRewritePolicy() ? 1 : 0);
    if (said > 1) {
      throw Fields.rejected(
          path, "several rewrites (expected: one of prefix_rewrite, regex_rewrite and policy)");
    }
    if (action.hasRegexRewrite()) {
      return new PathRewrite.Regex(replacement(path + ".regex_rewrite", action.getRegexRewrite()));
    }
    if (action.hasPathRewritePolicy()) {
      return template(path + ".path_rewrite_policy", action.getPathRewritePolicy(), match);
    }
    return action.getPrefixRewrite().isEmpty()
        ? new PathRewrite.Keep()
        : new PathRewrite.Matched(visible(path + ".prefix_rewrite", action.getPrefixRewrite()));
  }

  private static PathRewrite template(String path, TypedExtensionConfig policy, PathMatch match)
      throws ResourceRejectedException {
    String at = path + ".typed_config";
    UriTemplateRewriteConfig config =
        Fields.unpack(at, policy.getTypedConfig(), UriTemplateRewriteConfig.getDefaultInstance());
    if (!(match instanceof PathMatch.Regex(Pattern expression))) {
      throw Fields.rejected(path, "without path_match_policy (expected: a template there too)");
    }
    return new PathRewrite.Regex(
        new Replacement(
            expression,
            TemplateCodec.rewrite(
                at + ".path_template_rewrite", config.getPathTemplateRewrite(), expression)));
  }

  static Replacement replacement(String path, RegexMatchAndSubstitute rewrite)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, rewrite, "pattern", "substitution");
    Pattern expression = TextCodec.regex(path + ".pattern", rewrite.getPattern()).expression();
    return new Replacement(
        expression,
        substitution(
            path + ".substitution",
            visible(path + ".substitution", rewrite.getSubstitution()),
            expression.groupCount()));
  }

  /** RE2 writes groups {@code \1}, RE2/J {@code $1}. */
  private static String substitution(String path, String text, int groups)
      throws ResourceRejectedException {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '$') {
        out.append("\\$");
      } else if (c != '\\') {
        out.append(c);
      } else {
        i++;
        char next = i < text.length() ? text.charAt(i) : ' ';
        if (next == '\\') {
          out.append("\\\\");
        } else if (next >= '0' && next <= '9' && next - '0' <= groups) {
          // Braces keep a digit that follows from becoming a part of the number.
          out.append('$').append(next);
          if (i + 1 < text.length() && Character.isDigit(text.charAt(i + 1))) {
            out.append('\\');
          }
        } else {
          throw Fields.rejected(path, text + " (expected: \\0-\\" + groups + " after \\)");
        }
      }
    }
    return out.toString();
  }

  static HostRewrite host(String path, RouteAction action) throws ResourceRejectedException {
    boolean told = action.getAppendXForwardedHost();
    return switch (action.getHostRewriteSpecifierCase()) {
      case HOST_REWRITE_LITERAL ->
          new HostRewrite.Literal(
              visible(path + ".host_rewrite_literal", action.getHostRewriteLiteral()), told);
      case HOST_REWRITE_HEADER ->
          new HostRewrite.FromHeader(action.getHostRewriteHeader().toLowerCase(Locale.ROOT), told);
      case HOST_REWRITE_PATH_REGEX ->
          new HostRewrite.FromPath(
              replacement(path + ".host_rewrite_path_regex", action.getHostRewritePathRegex()),
              told);
      case AUTO_HOST_REWRITE ->
          action.getAutoHostRewrite().getValue()
              ? new HostRewrite.OfEndpoint(told)
              : new HostRewrite.Keep();
      case HOSTREWRITESPECIFIER_NOT_SET -> new HostRewrite.Keep();
    };
  }

  /** What goes into a head must not be able to end its line. */
  static String visible(String path, String value) throws ResourceRejectedException {
    if (value.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw Fields.rejected(path, "has a space or control character (expected: visible ASCII)");
    }
    return value;
  }
}
