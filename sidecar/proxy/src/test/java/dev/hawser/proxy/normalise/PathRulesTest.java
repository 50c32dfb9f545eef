package dev.hawser.proxy.normalise;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathRulesTest {
  private static final PathRules BASE = new PathRules(true, false, EscapedSlashes.KEEP);
  private static final PathRules MERGE = new PathRules(true, true, EscapedSlashes.KEEP);
  private static final PathRules DECODE = new PathRules(true, true, EscapedSlashes.DECODE);

  private static String apply(PathRules rules, String path) {
    return switch (rules.apply(new AsciiString(path))) {
      case PathOutcome.Unchanged _ -> path;
      case PathOutcome.Changed(AsciiString target) -> target.toString();
      case PathOutcome.Redirect(AsciiString target) -> "-> " + target;
      case PathOutcome.Refused _ -> "400";
    };
  }

  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/app/../admin, /admin",
    "/../../admin, /admin",
    "/app/.., /",
    "/app/., /app/",
    "/app/./x, /app/x",
    "/..;/admin, /admin",
    "/x/..;a=b/y, /y",
    "/x/..%3ba/y, /y",
    "/x/.;/y, /x/y",
    "/x/..;, /",
    "/.../admin, /.../admin",
    "/..admin, /..admin",
    "/;/admin, /;/admin",
    "/admin;a=b/x, /admin;a=b/x",
    "/%2e%2e/admin, /admin",
    "/a%62c, /abc",
    "/%252e%252e/admin, /%252e%252e/admin",
    "/a\\b, /a/b",
    "/a%2fb, /a%2fb",
    "/a?x=/../%2e, /a?x=/../%2e",
    "/a/../b?x=/../y, /b?x=/../y",
    "/%zz, /%zz",
    "/%, /%",
    "*, *"
  })
  void baseResolvesWhatAnApplicationWouldResolve(String sent, String seen) {
    assertThat(apply(BASE, sent)).isEqualTo(seen);
  }

  @ParameterizedTest
  @CsvSource({
    "/%2%65%2e/admin",
    "/%%32e%%32e/admin",
    "/%2%46x",
  })
  void escapeThatDecodingWouldCompleteIsRefused(String sent) {
    assertThat(apply(BASE, sent)).isEqualTo("400");
  }

  @Test
  void slashesAreMergedAfterDotsHaveBeenResolved() {
    assertThat(apply(MERGE, "/app//../admin")).isEqualTo("/app/admin");
    assertThat(apply(MERGE, "//app///x//")).isEqualTo("/app/x/");
  }

  @Test
  void encodedSlashesAreTreatedAsTheRulesSay() {
    assertThat(apply(DECODE, "/a%2f..%5Cadmin")).isEqualTo("/admin");
    assertThat(apply(new PathRules(true, true, EscapedSlashes.REJECT), "/a%2Fb")).isEqualTo("400");
    assertThat(apply(new PathRules(true, true, EscapedSlashes.REDIRECT), "/a%2F%2fb?q"))
        .isEqualTo("-> /a/b?q");
    assertThat(apply(new PathRules(false, false, EscapedSlashes.DECODE), "/a%2Fb"))
        .isEqualTo("/a/b");
  }

  @Test
  void noneLeavesEverythingAlone() {
    assertThat(apply(PathRules.NONE, "/a/../b//%2e")).isEqualTo("/a/../b//%2e");
  }

  @Property(tries = 20_000)
  void oneFormIsTheFormOfItself(@ForAll("paths") String path) {
    for (PathRules rules : new PathRules[] {BASE, MERGE, DECODE}) {
      String once = apply(rules, path);
      if (!once.equals("400")) {
        assertThat(apply(rules, once)).as(path).isEqualTo(once);
      }
    }
  }

  @Property(tries = 20_000)
  void noDotSegmentIsLeft(@ForAll("paths") String path) {
    String once = apply(DECODE, path);

    for (String segment : once.split("/", -1)) {
      assertThat(segment.split(";|%3[bB]", -1)[0]).as(path).isNotIn(".", "..");
    }
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of(
            "/", ".", "..", ";", "%", "2", "e", "E", "f", "5c", "%2e", "%2f", "\\", "a", "%3b",
            "%25")
        .list()
        .ofMaxSize(12)
        .map(parts -> "/" + String.join("", parts));
  }
}
