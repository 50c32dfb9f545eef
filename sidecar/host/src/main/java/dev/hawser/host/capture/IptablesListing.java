package dev.hawser.host.capture;

import dev.hawser.host.capture.IptablesRules.Jump;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what iptables-save(8) prints of ours. Pure. */
final class IptablesListing {
  private static final Pattern CHAIN = Pattern.compile(":(HAWSER_\\S+) .*");
  private static final Pattern RULE = Pattern.compile("\\[(\\d+):(\\d+)\\] (-A (\\S+) .*)");
  private static final Pattern TARGET = Pattern.compile(".* -j (HAWSER_\\S+)");
  private static final Pattern COMMENT = Pattern.compile("--comment \"?([a-z0-9-]+)\"?");
  private static final Pattern TIME = Pattern.compile(" -m time --datestop (\\S+)");

  private IptablesListing() {}

  /**
   * What one table has of ours.
   *
   * @param lines chains and rules, counters and what a confirmation changes left out
   * @param ends until when it captures; empty: for good
   */
  record Table(
      String place,
      Set<String> chains,
      List<Jump> jumps,
      List<String> lines,
      List<Instant> ends,
      Map<String, Installed.Counter> counters) {
    static final Table EMPTY = new Table("", Set.of(), List.of(), List.of(), List.of(), Map.of());

    private boolean isUnconfirmed() {
      return chains.stream().anyMatch(name -> name.startsWith(IptablesRules.UNCONFIRMED));
    }

    private String id() {
      return chains.stream()
          .filter(name -> name.startsWith(IptablesRules.PLAN))
          .map(name -> name.substring(IptablesRules.PLAN.length()))
          .findFirst()
          .orElse("");
    }
  }

  static Table table(String place, String saved) {
    Set<String> chains = new TreeSet<>();
    List<Jump> jumps = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    List<Instant> ends = new ArrayList<>();
    Map<String, Installed.Counter> counters = new HashMap<>();
    for (String line : saved.lines().toList()) {
      Matcher chain = CHAIN.matcher(line);
      if (chain.matches()) {
        chains.add(chain.group(1));
        if (!chain.group(1).startsWith(IptablesRules.UNCONFIRMED)) {
          lines.add("chain " + chain.group(1));
        }
      }
      Matcher rule = RULE.matcher(line);
      if (!rule.matches()) {
        continue;
      }
      Matcher target = TARGET.matcher(rule.group(3));
      boolean ours = rule.group(4).startsWith(IptablesRules.PREFIX);
      if (!ours && target.matches()) {
        jumps.add(new Jump(rule.group(4), target.group(1), false));
      }
      if (ours || target.matches()) {
        Matcher time = TIME.matcher(rule.group(3));
        if (time.find()) {
          ends.add(IptablesRules.time(time.group(1)));
        }
        lines.add(time.reset().replaceFirst(""));
        count(rule, counters);
      }
    }
    return new Table(place, chains, jumps, lines, ends, counters);
  }

  private static void count(Matcher rule, Map<String, Installed.Counter> counters) {
    Matcher comment = COMMENT.matcher(rule.group(3));
    if (comment.find()) {
      counters.merge(
          comment.group(1),
          new Installed.Counter(Long.parseLong(rule.group(1)), Long.parseLong(rule.group(2))),
          IptablesListing::sum);
    }
  }

  private static Installed.Counter sum(Installed.Counter one, Installed.Counter other) {
    return new Installed.Counter(one.packets() + other.packets(), one.bytes() + other.bytes());
  }

  /**
   * Puts the tables together.
   *
   * @param tables that of {@link IptablesFilter.Place#NAT_4} first
   */
  static Installed read(List<Table> tables, Instant now) {
    if (tables.stream().allMatch(table -> table.chains().isEmpty())) {
      return Installed.NOTHING;
    }
    Map<String, Installed.Counter> counters = new HashMap<>();
    StringBuilder listing = new StringBuilder();
    for (Table table : tables) {
      table
          .counters()
          .forEach((name, counter) -> counters.merge(name, counter, IptablesListing::sum));
      table
          .lines()
          .forEach(line -> listing.append(table.place()).append(' ').append(line).append('\n'));
    }
    Table deciding = tables.getFirst();
    Duration left =
        deciding.ends().stream()
            .map(end -> Duration.between(now, end))
            .filter(time -> !time.isNegative())
            .min(Duration::compareTo)
            .orElse(Duration.ZERO);
    return new Installed(
        state(deciding, left),
        deciding.id(),
        deciding.isUnconfirmed() ? left : Duration.ZERO,
        listing.toString(),
        counters);
  }

  private static Installed.State state(Table deciding, Duration left) {
    if (deciding.chains().isEmpty()) {
      // A removal that was cut short: what is left captures nothing of IPv4.
      return Installed.State.EXPIRED;
    }
    if (!deciding.isUnconfirmed()) {
      return Installed.State.CONFIRMED;
    }
    return left.isZero() ? Installed.State.EXPIRED : Installed.State.UNCONFIRMED;
  }
}
