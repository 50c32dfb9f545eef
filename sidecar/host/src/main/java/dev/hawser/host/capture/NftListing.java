package dev.hawser.host.capture;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads how nft(8) lists our table. Pure. */
final class NftListing {
  private static final Pattern ELEMENTS =
      Pattern.compile(
          "(set " + NftRules.SET + " \\{[^{}]*?)\\s*elements = \\{([^{}]*)\\}(\\s*\\})");
  private static final Pattern UNCONFIRMED =
      Pattern.compile("\\s*chain " + NftRules.UNCONFIRMED + "([0-9a-f]+) \\{\\s*\\}\n");
  private static final Pattern PLAN = Pattern.compile("chain " + NftRules.PLAN + "([0-9a-f]+) \\{");
  private static final Pattern EXPIRES = Pattern.compile("expires ((?:\\d+(?:ms|[dhms]))+)");
  private static final Pattern TIMES =
      Pattern.compile(" timeout \\S+?(?=[, ]|$)| expires [^\\s,]+");
  private static final Pattern COUNTER =
      Pattern.compile("counter packets (\\d+) bytes (\\d+)(?:.* comment \"([^\"]+)\")?");
  private static final Pattern TERM = Pattern.compile("(\\d+)(ms|[dhms])");
  private static final String ALL = "tcp, udp";

  private NftListing() {}

  static Installed read(String text) {
    Matcher unconfirmed = UNCONFIRMED.matcher(text);
    boolean confirmed = !unconfirmed.find();
    Matcher plan = PLAN.matcher(text);
    String id = plan.find() ? plan.group(1) : "";
    Matcher elements = ELEMENTS.matcher(text);
    String armed = elements.find() ? elements.group(2).strip().replaceAll("\\s+", " ") : "";
    return new Installed(
        state(confirmed, armed),
        id,
        confirmed ? Duration.ZERO : left(armed),
        listing(text, confirmed, armed),
        counters(text));
  }

  private static Installed.State state(boolean confirmed, String armed) {
    if (confirmed) {
      return Installed.State.CONFIRMED;
    }
    return armed.isEmpty() ? Installed.State.EXPIRED : Installed.State.UNCONFIRMED;
  }

  private static Duration left(String armed) {
    Matcher expires = EXPIRES.matcher(armed);
    Duration left = Duration.ZERO;
    while (expires.find()) {
      Duration one = duration(expires.group(1));
      left = one.compareTo(left) > 0 ? one : left;
    }
    return left;
  }

  /** Reads {@code 1m12s345ms}. */
  static Duration duration(String text) {
    Duration sum = Duration.ZERO;
    Matcher term = TERM.matcher(text);
    while (term.find()) {
      long number = Long.parseLong(term.group(1));
      sum =
          sum.plus(
              switch (term.group(2)) {
                case "d" -> Duration.ofDays(number);
                case "h" -> Duration.ofHours(number);
                case "m" -> Duration.ofMinutes(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMillis(number);
              });
    }
    return sum;
  }

  /**
   * Leaves out what changes by itself or by a confirmation. What the set holds stays visible unless
   * it is what it should be: who takes UDP out of a confirmed one ends a part of the capture.
   */
  private static String listing(String text, boolean confirmed, String armed) {
    String held = confirmed ? armed : TIMES.matcher(armed).replaceAll("");
    boolean usual = held.equals(ALL) || (!confirmed && held.isEmpty());
    String without = UNCONFIRMED.matcher(text).replaceFirst("\n");
    without =
        ELEMENTS
            .matcher(without)
            .replaceFirst("$1" + (usual ? "" : "\n\t\telements = { " + held + " }") + "$3");
    if (confirmed && armed.isEmpty()) {
      without = without + "set " + NftRules.SET + " is empty\n";
    }
    return COUNTER
        .matcher(without)
        .replaceAll(found ->
            Matcher.quoteReplacement(found.group().replaceFirst("packets \\d+ bytes \\d+ ?", "")));
  }

  private static Map<String, Installed.Counter> counters(String text) {
    Map<String, Installed.Counter> counters = new HashMap<>();
    Matcher counter = COUNTER.matcher(text);
    while (counter.find()) {
      String name = counter.group(3);
      if (name != null) {
        counters.put(
            name,
            new Installed.Counter(
                Long.parseLong(counter.group(1)), Long.parseLong(counter.group(2))));
      }
    }
    return counters;
  }
}
