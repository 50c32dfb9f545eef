package dev.hawser.agent.doctor;

import java.util.List;
import java.util.Locale;

/**
 * What the doctor says.
 *
 * @param target the service; empty if none was given
 * @param well whether nothing failed
 */
public record Report(String target, boolean well, List<Check> checks) {
  public Report {
    checks = List.copyOf(checks);
  }

  static Report of(Facts facts) {
    List<Check> checks = Judgement.of(facts);
    return new Report(
        facts.target().map(Target::toString).orElse(""),
        checks.stream().noneMatch(check -> check.verdict() == Check.Verdict.FAIL),
        checks);
  }

  /** Returns the lines for people. */
  public String text() {
    StringBuilder out = new StringBuilder();
    for (Check check : checks) {
      out.append(
          String.format(
              Locale.ROOT,
              "%-8s %-14s %s%n",
              check.verdict().name().toLowerCase(Locale.ROOT),
              check.layer().words(),
              check.seen()));
      if (!check.fix().isEmpty()) {
        out.append(String.format(Locale.ROOT, "%-23s fix: %s%n", "", check.fix()));
      }
    }
    return out.toString();
  }
}
