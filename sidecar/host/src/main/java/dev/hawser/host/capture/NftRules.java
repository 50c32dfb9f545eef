package dev.hawser.host.capture;

import dev.hawser.host.capture.Rule.Action;
import dev.hawser.host.capture.Rule.Chain;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Plans in the language of nft(8). Everything of ours is in one table of its own, and every script
 * here is one transaction: the kernel takes it as a whole or not at all.
 *
 * <p>The base chains ask the set {@code armed} first. While a plan is unconfirmed the set's
 * elements have a timeout, so that the kernel itself ends the capture, whichever of our processes
 * is killed. Who confirms or rolls back names the application in the same transaction and so cannot
 * hit a later one, nor a plan whose time is over.
 */
final class NftRules {
  static final String TABLE = "inet hawser";
  static final String SET = "armed";
  static final String UNCONFIRMED = "unconfirmed_";
  static final String PLAN = "plan_";

  private NftRules() {}

  /** Puts a plan in the place of whatever of ours is there. */
  static String apply(Application application, Lease lease) {
    return remove() + table(application, lease);
  }

  /** Lets an unconfirmed plan stay; fails as a whole if it is not there, or its time is over. */
  static String confirm(String id) {
    return """
    delete chain %1$s %2$s
    delete element %1$s %3$s { tcp, udp }
    add element %1$s %3$s { tcp, udp }
    """
        .formatted(TABLE, UNCONFIRMED + id, SET);
  }

  /** Takes an unconfirmed plan back; fails as a whole if it is confirmed, gone or replaced. */
  static String rollBack(String id) {
    return "delete chain " + TABLE + " " + UNCONFIRMED + id + "\ndelete table " + TABLE + "\n";
  }

  /** The same, and puts back the one that was confirmed before. */
  static String rollBack(String id, Application before) {
    return rollBack(id) + table(before, new Lease.Kept());
  }

  /** Removes whatever of ours is there; also if nothing is. */
  static String remove() {
    // `destroy` would say the same, from nft 1.0.7 on.
    return "add table " + TABLE + "\ndelete table " + TABLE + "\n";
  }

  private static String table(Application application, Lease lease) {
    List<Rule> rules = Rules.of(application.plan());
    StringBuilder text = new StringBuilder("table " + TABLE + " {\n");
    String life =
        switch (lease) {
          case Lease.Kept() -> "tcp, udp";
          case Lease.For(var time, _) ->
              "tcp timeout %1$ds, udp timeout %1$ds".formatted(time.toSeconds());
        };
    text.append(
        """
        \tset %s {
        \t\ttype inet_proto
        \t\tflags timeout
        \t\telements = { %s }
        \t}
        """
            .formatted(SET, life));
    marker(text, PLAN + application.id());
    if (lease instanceof Lease.For) {
      marker(text, UNCONFIRMED + application.id());
    }
    // Before the NAT of others, so that the address is the one that the program asked for; sockets
    // of the kernel's own have no user.
    base(
        text,
        "output",
        "type nat hook output priority -110",
        "meta skuid 0-4294967294 ",
        "outbound");
    // After the NAT of others: a port that a container publishes stays that container's.
    base(text, "prerouting", "type nat hook prerouting priority -90", "", "inbound");
    if (application.plan().proxy().dns().isPresent()) {
      base(text, "raw", "type filter hook output priority -300", "", "zones");
      chain(text, "zones", rules, Chain.ZONES);
    }
    chain(text, "outbound", rules, Chain.OUTBOUND);
    chain(text, "inbound", rules, Chain.INBOUND);
    return text.append("}\n").toString();
  }

  /** An empty chain: a name that a transaction can insist on. */
  private static void marker(StringBuilder text, String name) {
    text.append("\n\tchain ").append(name).append(" {\n\t}\n");
  }

  private static void base(
      StringBuilder text, String name, String hook, String matches, String target) {
    text.append("\n\tchain ").append(name).append(" {\n\t\t").append(hook);
    text.append("; policy accept;\n\t\tmeta l4proto @").append(SET).append(' ').append(matches);
    text.append("jump ").append(target).append("\n\t}\n");
  }

  private static void chain(StringBuilder text, String name, List<Rule> rules, Chain chain) {
    text.append("\n\tchain ").append(name).append(" {\n");
    for (Rule rule : rules) {
      if (rule.chain() == chain) {
        text.append("\t\t");
        rule.matches().forEach(match -> text.append(match(match)).append(' '));
        text.append("counter ").append(action(rule.action()));
        text.append(" comment \"").append(rule.name()).append("\"\n");
      }
    }
    text.append("\t}\n");
  }

  private static String match(Match match) {
    return switch (match) {
      case Match.Marked(int mark) -> "meta mark 0x%08x".formatted(mark);
      case Match.Users(List<Long> ids) -> "meta skuid " + set(ids);
      case Match.Groups(List<Long> ids) -> "meta skgid " + set(ids);
      case Match.Of(Match.Transport transport) -> "meta l4proto " + transport.word();
      case Match.ToPorts(Match.Transport transport, List<PortRange> ports, boolean not) ->
          transport.word() + " dport " + (not ? "!= " : "") + set(ports);
      case Match.FromPort(Match.Transport transport, int port) ->
          transport.word() + " sport " + port;
      case Match.ToAddresses(List<Cidr> blocks, boolean not) ->
          (blocks.getFirst().isV6() ? "ip6" : "ip") + " daddr " + (not ? "!= " : "") + set(blocks);
      case Match.Family(boolean v6) -> "meta nfproto " + (v6 ? "ipv6" : "ipv4");
      case Match.ToItself() -> "oifname \"lo\"";
      case Match.FromItself() -> "iifname \"lo\"";
      case Match.NotForThisHost() -> "fib daddr type != local";
    };
  }

  private static String action(Action action) {
    return switch (action) {
      case Action.Leave() -> "return";
      case Action.Redirect(int port) -> "redirect to :" + port;
      case Action.Zone(int number) -> "ct zone set " + number + " return";
    };
  }

  private static String set(Collection<?> elements) {
    return elements.stream().map(Object::toString).collect(Collectors.joining(", ", "{ ", " }"));
  }
}
