package dev.hawser.host.capture;

import java.util.List;
import java.util.Map;

/** A plan in words, for the person who is about to apply it. Pure. */
public final class CaptureWords {
  private CaptureWords() {}

  /** Returns all rules, in the order in which the kernel asks them. */
  public static String of(CapturePlan plan) {
    return of(plan, Map.of());
  }

  /**
   * Returns all rules with what each has seen.
   *
   * @param counters by the name of the rule; may be empty
   */
  public static String of(CapturePlan plan, Map<String, Installed.Counter> counters) {
    List<Rule> rules = Rules.of(plan);
    StringBuilder text = new StringBuilder();
    chain(
        text,
        "Outbound, for the first packet of what a program of this host opens"
            + " (the kernel's own connections, as of NFS, are left alone):",
        rules,
        Rule.Chain.OUTBOUND,
        counters);
    chain(
        text,
        "Inbound, for the first packet of what comes to this host:",
        rules,
        Rule.Chain.INBOUND,
        counters);
    if (plan.proxy().dns().isPresent()) {
      chain(
          text,
          "Zones, so that conntrack does not take the proxy's DNS for a program's:",
          rules,
          Rule.Chain.ZONES,
          counters);
    }
    return text.toString();
  }

  private static void chain(
      StringBuilder text,
      String title,
      List<Rule> rules,
      Rule.Chain chain,
      Map<String, Installed.Counter> counters) {
    text.append(text.isEmpty() ? "" : "\n").append(title).append('\n');
    int number = 0;
    for (Rule rule : rules) {
      if (rule.chain() == chain) {
        number++;
        text.append(line(number, rule, counters));
      }
    }
  }

  private static String line(int number, Rule rule, Map<String, Installed.Counter> counters) {
    String line = "  %2d. %-10s %s\n".formatted(number, word(rule.action()), rule.words());
    Installed.Counter counter = counters.get(rule.name());
    return counter == null ? line : line.stripTrailing() + " [" + counter.packets() + " packets]\n";
  }

  private static String word(Rule.Action action) {
    return switch (action) {
      case Rule.Action.Leave _ -> "left alone";
      case Rule.Action.Redirect _ -> "captured";
      case Rule.Action.Zone _ -> "told apart";
    };
  }
}
