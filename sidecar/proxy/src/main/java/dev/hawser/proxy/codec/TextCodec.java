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

  static FieldMatch header(String path, HeaderMatcher matcher) throws ResourceRejectedException {
    String name = matcher.getName().toLowerCase(Locale.ROOT);
    if (name.isEmpty()) {
      throw Fields.rejected(path + ".name", "empty (expected: a header's name)");
    }
    boolean presence =
        switch (matcher.getHeaderMatchSpecifierCase()) {
          case PRESENT_MATCH, HEADERMATCHSPECIFIER_NOT_SET -> true;
          default -> false;
        };
    return new FieldMatch(
        name,
        presence ? Optional.empty() : Optional.of(value(path, matcher)),
        !matcher.hasPresentMatch() || matcher.getPresentMatch(),
        matcher.getInvertMatch(),
        matcher.getTreatMissingHeaderAsEmpty());
  }

  /** Reads the test of a value; what is deprecated is what control planes still send. */
  @SuppressWarnings("deprecation")
  private static TextMatch value(String path, HeaderMatcher matcher)
      throws ResourceRejectedException {
    return switch (matcher.getHeaderMatchSpecifierCase()) {
      case STRING_MATCH -> text(path + ".string_match", matcher.getStringMatch());
      case SAFE_REGEX_MATCH -> regex(path + ".safe_regex_match", matcher.getSafeRegexMatch());
      case RANGE_MATCH ->
          new TextMatch.Range(matcher.getRangeMatch().getStart(), matcher.getRangeMatch().getEnd());
      case EXACT_MATCH -> new TextMatch.Exact(matcher.getExactMatch(), false);
      case PREFIX_MATCH -> new TextMatch.Prefix(matcher.getPrefixMatch(), false);
      case SUFFIX_MATCH -> new TextMatch.Suffix(matcher.getSuffixMatch(), false);
      case CONTAINS_MATCH -> new TextMatch.Contains(matcher.getContainsMatch(), false);
      default ->
          throw Fields.rejected(
              path,
              matcher.getHeaderMatchSpecifierCase()
                  + " (expected: a test of the value or presence)");
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
      matches.add(new FieldMatch(matcher.getName(), value, wanted, false, false));
    }
    return matches;
  }
}
