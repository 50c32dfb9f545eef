package dev.hawser.host.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.testing.golden.Golden;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is said of a plan, to people and to the kernel. */
class CaptureGoldenTest {
  private static final Lease MINUTE =
      new Lease.For(Duration.ofSeconds(60), Instant.parse("2026-11-26T12:01:00.7Z"));

  private static final Map<String, CapturePlan> PLANS =
      Map.of("usual", Plans.usual(), "full", Plans.full(), "least", Plans.least());

  @Test
  void aPlanIsSaidInWordsRuleByRule() throws IOException {
    for (var plan : PLANS.entrySet()) {
      Golden.assertMatches("capture/" + plan.getKey() + "-words", CaptureWords.of(plan.getValue()));
    }
    Golden.assertMatches(
        "capture/usual-counted",
        CaptureWords.of(
            Plans.usual(),
            Map.of(
                "out-ssh", new Installed.Counter(3, 180), "in-ssh", new Installed.Counter(1, 60))));
  }

  @Test
  void everyRuleIsSaidAndCountedUnderANameOfItsOwn() {
    List<Rule> rules = Rules.of(Plans.full());
    assertThat(rules).extracting(Rule::name).doesNotHaveDuplicates();
    String words = CaptureWords.of(Plans.full());
    assertThat(rules).allSatisfy(rule -> assertThat(words).contains(rule.words()));
    // nft takes comments of up to 128 octets, and iptables chains of up to 28.
    assertThat(rules).allSatisfy(rule -> assertThat(rule.name()).matches("[a-z0-9-]{1,40}"));
  }

  @Test
  void nftIsToldAPlanInOneTransaction() throws IOException {
    for (var plan : PLANS.entrySet()) {
      Application application = new Application("0badcafe", plan.getValue());
      Golden.assertMatches(
          "capture/" + plan.getKey() + "-nft",
          text(new NftFilter().apply(application, MINUTE, none())));
    }
  }

  @Test
  void nftConfirmsAndRollsBackByTheApplicationsName() throws IOException {
    Application now = new Application("0badcafe", Plans.usual());
    Application before = new Application("00c0ffee", Plans.least());
    Golden.assertMatches(
        "capture/steps-nft",
        String.join(
            "--\n",
            text(new NftFilter().confirm(now)),
            text(new NftFilter().rollBack(now, Optional.empty())),
            text(new NftFilter().rollBack(now, Optional.of(before))),
            text(new NftFilter().remove(none()))));
  }

  @Test
  void iptablesIsToldTheSame() throws IOException {
    for (var plan : PLANS.entrySet()) {
      Application application = new Application("0badcafe", plan.getValue());
      Golden.assertMatches(
          "capture/" + plan.getKey() + "-iptables",
          text(new IptablesFilter().check(application, MINUTE)));
    }
    Application now = new Application("0badcafe", Plans.usual());
    Application before = new Application("00c0ffee", Plans.least());
    Golden.assertMatches(
        "capture/steps-iptables",
        String.join(
            "--\n",
            text(new IptablesFilter().confirm(now)),
            text(new IptablesFilter().rollBack(now, Optional.of(before)))));
  }

  @Test
  void theRollbackNeedsOnlyAShell() throws IOException {
    Application now = new Application("0badcafe", Plans.usual());
    Golden.assertMatches(
        "capture/rollback-shell",
        RollbackShell.text(
            Duration.ofSeconds(61), new NftFilter().rollBack(now, Optional.empty())));
  }

  private static Programs none() {
    return new Programs("");
  }

  private static String text(List<Script> scripts) {
    return scripts.stream()
        .map(script -> "# " + String.join(" ", script.command()) + "\n" + script.input())
        .collect(Collectors.joining("\n"));
  }
}
