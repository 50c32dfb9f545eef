package dev.hawser.host.capture;

import dev.hawser.host.capture.Rule.Action;
import dev.hawser.host.capture.Rule.Chain;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The chains and rules of one plan in one table of one family, as iptables-restore(8) reads them.
 *
 * <p>Sets of iptables are another program's, so that what is in none of several things goes on in a
 * chain of its own, which those that are in one of them jump to.
 */
final class IptablesRules {
  static final String PREFIX = "HAWSER_";
  static final String PLAN = PREFIX + "P_";
  static final String UNCONFIRMED = PREFIX + "U_";

  /** Of multiport; a range counts twice. */
  private static final int PORTS_AT_ONCE = 15;

  /** Of the time match: seconds of UTC. */
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

  private final boolean v6;
  private final List<String> lines = new ArrayList<>();
  private final Set<String> chains = new TreeSet<>();
  private final List<Jump> jumps = new ArrayList<>();

  private IptablesRules(boolean v6) {
    this.v6 = v6;
  }

  /**
   * From a chain of the kernel's to the one of ours that asks whether the plan's time is over.
   *
   * @param first whether it stands before all that is there, or behind it
   */
  record Jump(String from, String to, boolean first) {}

  /**
   * What a part comes to.
   *
   * @param chains of ours
   * @param gates what fills the chains that the jumps lead to, by lease
   * @param lines the rules behind the gates
   */
  record Part(Set<String> chains, List<Jump> jumps, List<String> gates, List<String> lines) {}

  /** Returns the part of the table nat or raw; empty if the plan has none there. */
  static Optional<Part> of(Application application, boolean v6, boolean raw, Lease lease) {
    CapturePlan plan = application.plan();
    if ((v6 && !plan.ipv6()) || (raw && plan.proxy().dns().isEmpty())) {
      return Optional.empty();
    }
    IptablesRules rules = new IptablesRules(v6);
    List<String> gates = new ArrayList<>();
    if (raw) {
      gates.add(rules.gate("OUTPUT", "RAW", true, "ZONES", lease));
      rules.fill(PREFIX + "ZONES", plan, Chain.ZONES);
    } else {
      gates.add(rules.gate("OUTPUT", "OUTPUT", true, "OUT", lease));
      gates.add(rules.gate("PREROUTING", "PREROUTING", false, "IN", lease));
      rules.fill(PREFIX + "OUT", plan, Chain.OUTBOUND);
      rules.fill(PREFIX + "IN", plan, Chain.INBOUND);
    }
    rules.chains.add(PLAN + application.id());
    if (lease instanceof Lease.For) {
      rules.chains.add(UNCONFIRMED + application.id());
    }
    return Optional.of(new Part(rules.chains, rules.jumps, gates, rules.lines));
  }

  private String gate(String from, String name, boolean first, String target, Lease lease) {
    String gate = PREFIX + name;
    chains.add(gate);
    jumps.add(new Jump(from, gate, first));
    // Sockets of the kernel's own have no user.
    String user = name.equals("OUTPUT") ? " -m owner --uid-owner 0-4294967294" : "";
    String time =
        switch (lease) {
          case Lease.Kept() -> "";
          case Lease.For(_, Instant end) -> " -m time --datestop " + time(end);
        };
    return "-A " + gate + user + time + " -j " + PREFIX + target;
  }

  static String time(Instant end) {
    return UTC.format(end.truncatedTo(ChronoUnit.SECONDS));
  }

  static Instant time(String text) {
    return UTC.parse(text, Instant::from);
  }

  private void fill(String name, CapturePlan plan, Chain chain) {
    String current = name;
    chains.add(current);
    int continued = 0;
    for (Rule rule : Rules.of(plan)) {
      if (rule.chain() != chain) {
        continue;
      }
      Optional<List<String>> ways = ways(rule);
      if (ways.isEmpty()) {
        continue;
      }
      String comment = " -m comment --comment " + rule.name();
      if (isNegated(rule)) {
        continued++;
        String rest = name + "_" + continued;
        chains.add(rest);
        for (String way : ways.get()) {
          lines.add("-A " + current + way + " -j " + rest);
        }
        lines.add("-A " + current + comment + " -j RETURN");
        current = rest;
      } else {
        for (String way : ways.get()) {
          lines.add("-A " + current + way + comment + " -j " + target(rule.action()));
          if (rule.action() instanceof Action.Zone) {
            lines.add("-A " + current + way + " -j RETURN");
          }
        }
      }
    }
  }

  private static boolean isNegated(Rule rule) {
    return rule.matches().stream()
        .anyMatch(match ->
            (match instanceof Match.ToPorts ports && ports.not())
                || (match instanceof Match.ToAddresses addresses && addresses.not()));
  }

  private static String target(Action action) {
    return switch (action) {
      case Action.Leave() -> "RETURN";
      case Action.Redirect(int port) -> "REDIRECT --to-ports " + port;
      case Action.Zone(int number) -> "CT --zone " + number;
    };
  }

  /** Returns the arguments of which any one makes the rule hold; empty: never in this family. */
  private Optional<List<String>> ways(Rule rule) {
    List<String> ways = List.of("");
    for (Match match : rule.matches()) {
      Optional<List<String>> next = ways(match);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      List<String> both = new ArrayList<>();
      for (String way : ways) {
        next.get().forEach(other -> both.add(way + other));
      }
      ways = both;
    }
    return Optional.of(ways);
  }

  private Optional<List<String>> ways(Match match) {
    return switch (match) {
      case Match.Marked(int mark) -> one(" -m mark --mark 0x%x".formatted(mark));
      case Match.Users(List<Long> ids) ->
          Optional.of(ids.stream().map(id -> " -m owner --uid-owner " + id).toList());
      case Match.Groups(List<Long> ids) ->
          Optional.of(ids.stream().map(id -> " -m owner --gid-owner " + id).toList());
      case Match.Of(Match.Transport transport) -> one(" -p " + transport.word());
      case Match.ToPorts(Match.Transport transport, List<PortRange> ports, _) ->
          Optional.of(
              groups(ports).stream()
                  .map(group -> " -p " + transport.word() + " -m multiport --dports " + group)
                  .toList());
      case Match.FromPort(Match.Transport transport, int port) ->
          one(" -p " + transport.word() + " --sport " + port);
      case Match.ToAddresses(List<Cidr> blocks, _) ->
          blocks.getFirst().isV6() == v6
              ? Optional.of(blocks.stream().map(block -> " -d " + block).toList())
              : Optional.empty();
      case Match.Family(boolean six) -> six == v6 ? one("") : Optional.empty();
      case Match.ToItself() -> one(" -o lo");
      case Match.FromItself() -> one(" -i lo");
      case Match.NotForThisHost() -> one(" -m addrtype ! --dst-type LOCAL");
    };
  }

  private static Optional<List<String>> one(String arguments) {
    return Optional.of(List.of(arguments));
  }

  private static List<String> groups(List<PortRange> ports) {
    List<String> groups = new ArrayList<>();
    StringBuilder group = new StringBuilder();
    int slots = 0;
    for (PortRange range : ports) {
      int needed = range.first() == range.last() ? 1 : 2;
      if (slots + needed > PORTS_AT_ONCE) {
        groups.add(group.toString());
        group.setLength(0);
        slots = 0;
      }
      group.append(group.isEmpty() ? "" : ",").append(range.toString().replace('-', ':'));
      slots += needed;
    }
    groups.add(group.toString());
    return groups;
  }
}
