package dev.hawser.proxy.codec;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.FieldMatch;
import dev.hawser.proxy.model.TextMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads tests of texts, headers and query parameters. */
final class TextCodec {
  /** The time of a match grows with it. */
  private static final int MAX_REGEX = 4096;

  private TextCodec() {}

  static TextMatch text(String path, StringMatcher matcher) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, matcher, "exact", "prefix", "suffix", "contains", "safe_regex", "ignore_case");
    boolean fold = matcher.getIgnoreCase();
    return switch (matcher.getMatchPatternCase()) {
      case EXACT -> new TextMatch.Exact(matcher.getExact(), fold);
      case PREFIX -> new TextMatch.Prefix(matcher.getPrefix(), fold);
      case SUFFIX -> new TextMatch.Suffix(matcher.getSuffix(), fold);
      case CONTAINS -> new TextMatch.Contains(matcher.getContains(), fold);
      case SAFE_REGEX -> regex(path + ".safe_regex", matcher.getSafeRegex());
      default ->
          throw Fields.rejected(
              path,
              matcher.getMatchPatternCase()
                  + " (expected: exact, prefix, suffix, contains or safe_regex)");
    };
  }

  /** Reads an expression; which engine a message names makes no difference to RE2's syntax. */
  static TextMatch.Regex regex(String path, RegexMatcher matcher) throws ResourceRejectedException {
    SupportedFields.requireOnly(path, matcher, "regex", "google_re2");
    return regex(path + ".regex", matcher.getRegex());
  }

  static TextMatch.Regex regex(String path, String expression) throws ResourceRejectedException {
    if (expression.isEmpty() || expression.length() > MAX_REGEX) {
      throw Fields.rejected(
          path, expression.length() + " characters (expected: 1-" + MAX_REGEX + ")");
    }
    try {
      return new TextMatch.Regex(Pattern.compile(expression));
    } catch (PatternSyntaxException e) {
      throw Fields.rejected(path, String.valueOf(e.getMessage()));
    }
  }

  static List<FieldMatch> headers(String path, List<HeaderMatcher> matchers)
      throws ResourceRejectedException {
    List<FieldMatch> matches = new ArrayList<>();
    for (int i = 0; i < matchers.size(); i++) {
      matches.add(header(path + "[" + i + "]", matchers.get(i)));
    }
    return matches;
  }

  /** What is deprecated is what control planes still send. */
  @SuppressWarnings("deprecation")
  static FieldMatch header(String path, HeaderMatcher matcher) throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, matcher, "name", "string_match", "present_match", "safe_regex_match", "invert_match");
    String name = matcher.getName().toLowerCase(Locale.ROOT);
    if (name.isEmpty()) {
      throw Fields.rejected(path + ".name", "empty (expected: a header's name)");
    }
    return switch (matcher.getHeaderMatchSpecifierCase()) {
      case STRING_MATCH ->
          new FieldMatch(
              name,
              Optional.of(text(path + ".string_match", matcher.getStringMatch())),
              true,
              matcher.getInvertMatch());
      case SAFE_REGEX_MATCH ->
          new FieldMatch(
              name,
              Optional.of(regex(path + ".safe_regex_match", matcher.getSafeRegexMatch())),
              true,
              matcher.getInvertMatch());
      case PRESENT_MATCH ->
          new FieldMatch(
              name, Optional.empty(), matcher.getPresentMatch(), matcher.getInvertMatch());
      case HEADERMATCHSPECIFIER_NOT_SET ->
          new FieldMatch(name, Optional.empty(), true, matcher.getInvertMatch());
      default ->
          throw Fields.rejected(
              path,
              matcher.getHeaderMatchSpecifierCase()
                  + " (expected: string_match, safe_regex_match or present_match)");
    };
  }

  static List<FieldMatch> query(String path, List<QueryParameterMatcher> matchers)
      throws ResourceRejectedException {
    List<FieldMatch> matches = new ArrayList<>();
    for (int i = 0; i < matchers.size(); i++) {
      QueryParameterMatcher matcher = matchers.get(i);
      String at = path + "[" + i + "]";
      SupportedFields.requireOnly(at, matcher, "name", "string_match", "present_match");
      Optional<TextMatch> value =
          matcher.hasStringMatch()
              ? Optional.of(text(at + ".string_match", matcher.getStringMatch()))
              : Optional.empty();
      boolean wanted = !matcher.hasPresentMatch() || matcher.getPresentMatch();
      matches.add(new FieldMatch(matcher.getName(), value, wanted, false));
    }
    return matches;
  }
}
