package dev.hawser.host.capture;

import static dev.hawser.host.capture.Match.Transport.TCP;
import static dev.hawser.host.capture.Match.Transport.UDP;

import dev.hawser.host.capture.Rule.Action;
import dev.hawser.host.capture.Rule.Chain;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** What a plan comes to, rule by rule. Pure. */
final class Rules {
  /** Conntrack's zone of captured DNS; any that nobody else uses would do. */
  static final int DNS_ZONE = 15_053;

  private static final List<PortRange> DNS = List.of(PortRange.of(53));
  private static final Action LEAVE = new Action.Leave();

  private final CapturePlan plan;
  private final List<Rule> rules = new ArrayList<>();

  private Rules(CapturePlan plan) {
    this.plan = plan;
  }

  /** Returns the rules of all chains, each chain's in order. */
  static List<Rule> of(CapturePlan plan) {
    Rules rules = new Rules(plan);
    rules.zones();
    rules.outbound();
    rules.inbound();
    return List.copyOf(rules.rules);
  }

  /**
   * An answer to a program and a question of the proxy may have the same addresses and ports: the
   * program has closed its socket, the kernel gives the proxy the same port, and for half a minute
   * conntrack would take the proxy's question for the program's and redirect it to the proxy.
   */
  private void zones() {
    OptionalInt dns = plan.proxy().dns();
    if (dns.isEmpty()) {
      return;
    }
    add(
        Chain.ZONES,
        "zone-answer",
        List.of(new Match.FromPort(UDP, dns.getAsInt())),
        new Action.Zone(DNS_ZONE),
        "UDP from port " + dns.getAsInt() + ", the proxy's answers, belongs to captured DNS.");
    ownLeft(Chain.ZONES, "zone-");
    resolversLeft(Chain.ZONES, "zone-");
    add(
        Chain.ZONES,
        "zone-dns",
        List.of(new Match.ToPorts(UDP, DNS, false)),
        new Action.Zone(DNS_ZONE),
        "All other UDP to port 53 is captured DNS: kept apart from what the proxy itself asks.");
  }

  private void outbound() {
    leave(
        Chain.OUTBOUND,
        "out-ssh",
        "TCP to " + ports(plan.ssh()) + ": SSH is never captured.",
        new Match.ToPorts(TCP, plan.ssh(), false));
    ownLeft(Chain.OUTBOUND, "out-");
    plan.proxy().dns().ifPresent(this::dns);
    leave(Chain.OUTBOUND, "out-udp", "All other UDP.", new Match.Of(UDP));
    leave(
        Chain.OUTBOUND,
        "out-itself",
        "What this host sends to itself, at whichever of its addresses.",
        new Match.ToItself());
    if (!plan.outbound().excluded().isEmpty()) {
      leave(
          Chain.OUTBOUND,
          "out-excluded-ports",
          "TCP to " + ports(plan.outbound().excluded()) + ": excluded.",
          new Match.ToPorts(TCP, plan.outbound().excluded(), false));
    }
    destinations();
    if (!plan.outbound().included().isEmpty()) {
      leave(
          Chain.OUTBOUND,
          "out-other-ports",
          "TCP to any port but " + numbers(plan.outbound().included()) + ": not included.",
          new Match.ToPorts(TCP, plan.outbound().included(), true));
    }
    redirect(
        Chain.OUTBOUND,
        "out-capture",
        "All other TCP goes to the proxy at port " + plan.proxy().outbound() + ".",
        plan.proxy().outbound(),
        new Match.Of(TCP));
  }

  private void dns(int port) {
    resolversLeft(Chain.OUTBOUND, "out-");
    redirect(
        Chain.OUTBOUND,
        "out-dns-udp",
        "DNS over UDP, to whichever server, goes to the proxy at port " + port + ".",
        port,
        new Match.ToPorts(UDP, DNS, false));
    redirect(
        Chain.OUTBOUND,
        "out-dns-tcp",
        "DNS over TCP goes there as well.",
        port,
        new Match.ToPorts(TCP, DNS, false));
  }

  private void destinations() {
    for (boolean v6 : new boolean[] {false, true}) {
      List<Cidr> excluded = of(v6, plan.destinations().excluded());
      if (!excluded.isEmpty()) {
        leave(
            Chain.OUTBOUND,
            v6 ? "out-excluded-addresses-6" : "out-excluded-addresses",
            "What goes to " + addresses(excluded) + ": excluded.",
            addressed(excluded, v6, false));
      }
    }
    if (plan.destinations().included().isEmpty()) {
      return;
    }
    for (boolean v6 : new boolean[] {false, true}) {
      List<Cidr> included = of(v6, plan.destinations().included());
      String name = v6 ? "out-other-addresses-6" : "out-other-addresses";
      String family = v6 ? "IPv6" : "IPv4";
      if (included.isEmpty()) {
        leave(
            Chain.OUTBOUND,
            name,
            "All " + family + ": no address of it is included.",
            new Match.Family(v6));
      } else if (included.getFirst().prefix() > 0) {
        leave(
            Chain.OUTBOUND,
            name,
            family + " to any address but " + addresses(included) + ": not included.",
            addressed(included, v6, true));
      }
    }
  }

  private void inbound() {
    leave(
        Chain.INBOUND,
        "in-ssh",
        "TCP to " + ports(plan.ssh()) + ": SSH is never captured.",
        new Match.ToPorts(TCP, plan.ssh(), false));
    familyLeft(Chain.INBOUND, "in-");
    leave(Chain.INBOUND, "in-itself", "What comes from this host itself.", new Match.FromItself());
    leave(
        Chain.INBOUND,
        "in-passing",
        "What is for another host, such as a container behind this one, or for many.",
        new Match.NotForThisHost());
    List<PortRange> own = new ArrayList<>(plan.proxy().open());
    own.add(PortRange.of(plan.proxy().inbound()));
    leave(
        Chain.INBOUND,
        "in-proxy",
        "TCP to " + ports(PortRange.merged(own)) + ": it is for the proxy already.",
        new Match.ToPorts(TCP, PortRange.merged(own), false));
    if (!plan.inbound().excluded().isEmpty()) {
      leave(
          Chain.INBOUND,
          "in-excluded-ports",
          "TCP to " + ports(plan.inbound().excluded()) + ": excluded.",
          new Match.ToPorts(TCP, plan.inbound().excluded(), false));
    }
    if (!plan.inbound().included().isEmpty()) {
      leave(
          Chain.INBOUND,
          "in-other-ports",
          "TCP to any port but " + numbers(plan.inbound().included()) + ": not included.",
          new Match.ToPorts(TCP, plan.inbound().included(), true));
    }
    redirect(
        Chain.INBOUND,
        "in-capture",
        "All other TCP goes to the proxy at port " + plan.proxy().inbound() + ".",
        plan.proxy().inbound(),
        new Match.Of(TCP));
  }

  /** What the proxy sends, and a family that is not captured at all. */
  private void ownLeft(Chain chain, String prefix) {
    CapturePlan.Own own = plan.own();
    leave(
        chain,
        prefix + "mark",
        "What has mark 0x%x: whoever sends it says that it must not be captured."
            .formatted(own.mark()),
        new Match.Marked(own.mark()));
    if (!own.users().isEmpty()) {
      leave(
          chain,
          prefix + "users",
          "What " + people("user", own.users(), "send") + ": it is the proxy's, or excluded.",
          new Match.Users(own.users()));
    }
    if (!own.groups().isEmpty()) {
      leave(
          chain,
          prefix + "groups",
          "What " + people("group", own.groups(), "send") + ": it is the proxy's, or excluded.",
          new Match.Groups(own.groups()));
    }
    familyLeft(chain, prefix);
  }

  private void familyLeft(Chain chain, String prefix) {
    if (!plan.ipv6()) {
      leave(chain, prefix + "ipv6", "All IPv6: it is switched off.", new Match.Family(true));
    }
  }

  private void resolversLeft(Chain chain, String prefix) {
    if (plan.resolvers().isEmpty()) {
      return;
    }
    String words =
        "DNS that "
            + people("user", plan.resolvers(), "ask")
            + ": a resolver on this host, which the proxy asks in turn.";
    leave(
        chain,
        prefix + "resolver-udp",
        words,
        new Match.Users(plan.resolvers()),
        new Match.ToPorts(UDP, DNS, false));
    if (chain == Chain.OUTBOUND) {
      leave(
          chain,
          prefix + "resolver-tcp",
          "The same over TCP.",
          new Match.Users(plan.resolvers()),
          new Match.ToPorts(TCP, DNS, false));
    }
  }

  private void leave(Chain chain, String name, String words, Match... matches) {
    add(chain, name, List.of(matches), LEAVE, words);
  }

  private void redirect(Chain chain, String name, String words, int port, Match... matches) {
    add(chain, name, List.of(matches), new Action.Redirect(port), words);
  }

  private void add(Chain chain, String name, List<Match> matches, Action action, String words) {
    rules.add(new Rule(chain, name, matches, action, words));
  }

  /** A block of all addresses is a family: the kernel's sets do not hold it. */
  private static Match addressed(List<Cidr> blocks, boolean v6, boolean not) {
    return blocks.getFirst().prefix() == 0
        ? new Match.Family(v6)
        : new Match.ToAddresses(blocks, not);
  }

  private static List<Cidr> of(boolean v6, List<Cidr> blocks) {
    return blocks.stream().filter(block -> block.isV6() == v6).toList();
  }

  private static String ports(List<PortRange> ranges) {
    boolean one = ranges.size() == 1 && ranges.getFirst().first() == ranges.getFirst().last();
    return (one ? "port " : "ports ") + numbers(ranges);
  }

  private static String numbers(List<PortRange> ranges) {
    return list(ranges);
  }

  private static String addresses(List<Cidr> blocks) {
    return list(blocks);
  }

  private static String people(String kind, List<Long> ids, String verb) {
    boolean one = ids.size() == 1;
    return kind + (one ? " " : "s ") + list(ids) + " " + verb + (one ? "s" : "");
  }

  private static String list(Collection<?> things) {
    return things.stream().map(Object::toString).collect(Collectors.joining(", "));
  }
}
