package dev.hawser.it.differential;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.v3.Int64Range;
import java.util.ArrayList;
import java.util.List;

/** Tests of texts, and texts that are near their boundaries. */
final class Texts {
  private static final String[] PATHS = {
    "/",
    "/a",
    "/a/",
    "/a/b",
    "/a/b/",
    "/A",
    "/A/b",
    "/ab",
    "/a/bc",
    "/b",
    "/b/c/d",
    "/items/7",
    "/items/seven",
    "/items/7/",
    "/items/7/x",
    "/items//7",
    "//a",
    "/a//b",
    "/a/./b",
    "/a/../b",
    "/a/b/..",
    "/%61",
    "/a%2Fb",
    "/a%2fb",
    "/a/%2e%2e/b",
    "/a;x=1",
    "/a/b;v=2/c",
    "/a.b",
    "/x/y/z",
    "/x/y",
    "/long/way/down/the/path",
    "/a%20b",
    "/caf%C3%A9",
    "/a+b",
    "/~user",
    "/a/b/c.html"
  };
  private static final String[] QUERIES = {
    "",
    "",
    "",
    "",
    "?",
    "?q=1",
    "?q=2",
    "?Q=1",
    "?q",
    "?q=",
    "?q=1&q=2",
    "?r=x&q=1",
    "?q=%31",
    "?q=one+two",
    "?q=a&r=b&s=c",
    "?a/b",
    "?q=1#",
    "?&&q=1"
  };
  private static final String[] VALUES = {
    "one",
    "One",
    "ONE",
    "one two",
    "oneone",
    "",
    "1",
    "7",
    "10",
    "-5",
    "007",
    "7x",
    "two",
    "x,one",
    "one,two",
    "a.b",
    "tone",
    "9223372036854775807",
    "99999999999999999999"
  };
  private static final String[] NAMES = {"x-a", "x-b", "x-n"};

  private Texts() {}

  static String target(Dice dice) {
    return dice.of(PATHS) + dice.of(QUERIES);
  }

  static String value(Dice dice) {
    return dice.of(VALUES);
  }

  static String name(Dice dice) {
    return dice.of(NAMES);
  }

  /** Returns headers of a caller: some absent, some more than once. */
  static List<Field> fields(Dice dice) {
    List<Field> fields = new ArrayList<>();
    for (String name : NAMES) {
      int times = dice.of(0, 0, 1, 1, 1, 2);
      for (int i = 0; i < times; i++) {
        fields.add(
            new Field(
                dice.percent(80) ? name : name.toUpperCase(java.util.Locale.ROOT), value(dice)));
      }
    }
    return fields;
  }

  static RegexMatcher regex(String text) {
    return RegexMatcher.newBuilder().setRegex(text).build();
  }

  static StringMatcher text(Dice dice) {
    StringMatcher.Builder match = StringMatcher.newBuilder();
    switch (dice.below(5)) {
      case 0 -> match.setExact(dice.of("one", "One", "two", "7"));
      case 1 -> match.setPrefix(dice.of("on", "one", "t", "7"));
      case 2 -> match.setSuffix(dice.of("ne", "one", "wo", "7"));
      case 3 -> match.setContains(dice.of("n", "one", "e t", "7"));
      default ->
          match.setSafeRegex(
              regex(
                  dice.of("one", "o.e", ".*one.*", "[0-9]+", "(?i)one", "")
                      .replaceAll("^$", "x?")));
    }
    if (!match.hasSafeRegex() && dice.percent(30)) {
      match.setIgnoreCase(true);
    }
    return match.build();
  }

  @SuppressWarnings("deprecation")
  static HeaderMatcher header(Dice dice) {
    HeaderMatcher.Builder match =
        HeaderMatcher.newBuilder().setName(dice.of("x-a", "x-b", "x-n", "X-A"));
    switch (dice.below(10)) {
      case 0 -> match.setPresentMatch(true);
      case 1 -> match.setPresentMatch(false);
      case 2 -> match.setRangeMatch(Int64Range.newBuilder().setStart(-5).setEnd(10));
      case 3 -> match.setExactMatch("one");
      case 4 -> match.setPrefixMatch("one");
      case 5 -> match.setName(":method").setStringMatch(StringMatcher.newBuilder().setExact("GET"));
      case 6 ->
          match
              .setName(":authority")
              .setStringMatch(
                  StringMatcher.newBuilder().setContains("test").setIgnoreCase(dice.percent(50)));
      default -> match.setStringMatch(text(dice));
    }
    if (dice.percent(25)) {
      match.setInvertMatch(true);
    }
    if (dice.percent(20)) {
      match.setTreatMissingHeaderAsEmpty(true);
    }
    return match.build();
  }

  static QueryParameterMatcher query(Dice dice) {
    QueryParameterMatcher.Builder match =
        QueryParameterMatcher.newBuilder().setName(dice.of("q", "q", "r"));
    switch (dice.below(4)) {
      case 0 -> match.setPresentMatch(true);
      case 1 -> match.setStringMatch(StringMatcher.newBuilder().setExact("1"));
      case 2 -> match.setStringMatch(StringMatcher.newBuilder().setSafeRegex(regex("[0-9]+")));
      default -> match.setStringMatch(StringMatcher.newBuilder().setPrefix("one"));
    }
    return match.build();
  }

  static RouteMatch.Builder path(Dice dice) {
    RouteMatch.Builder match = RouteMatch.newBuilder();
    switch (dice.below(5)) {
      case 0 -> match.setPath(dice.of("/a", "/a/b", "/A", "/items/7", "/a%2Fb", "/"));
      case 1 -> match.setPrefix(dice.of("/a", "/a/", "/items/", "/x", "/A", "/b/c"));
      case 2 -> match.setPathSeparatedPrefix(dice.of("/a", "/a/b", "/items", "/x/y"));
      case 3 ->
          match.setSafeRegex(
              regex(dice.of("/a.*", "/items/[0-9]+", "/[ab]/?", ".*/b", "/x/(y|z).*")));
      default ->
          match.setPathMatchPolicy(
              template(dice.of("/items/*", "/{one}/b", "/x/**", "/a/{rest=**}")));
    }
    if (dice.percent(25) && !match.hasSafeRegex() && !match.hasPathMatchPolicy()) {
      match.setCaseSensitive(BoolValue.of(false));
    }
    return match;
  }

  static TypedExtensionConfig template(String template) {
    return TypedExtensionConfig.newBuilder()
        .setName("envoy.path.match.uri_template.uri_template_matcher")
        .setTypedConfig(
            Any.pack(UriTemplateMatchConfig.newBuilder().setPathTemplate(template).build()))
        .build();
  }
}
