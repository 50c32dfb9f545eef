package dev.hawser.agent.doctor;

import dev.hawser.host.capture.CapturePlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Asks the agent, and the machine's own name server, for the same name. */
final class NameFacts {
  /** The agent waits two seconds for its control plane, and as long for each resolver. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Exists in no mesh; that somebody says so is enough. */
  private static final String NOBODY = "nobody.nowhere.svc.clusterset.local";

  private static final int PORT = 53;
  private final Facts.Place place;
  private final Facts.Captured captured;
  private final Optional<Target> target;
  private final DnsQuestion question = new DnsQuestion(PATIENCE);

  NameFacts(Facts.Place place, Facts.Captured captured, Optional<Target> target) {
    this.place = place;
    this.captured = captured;
    this.target = target;
  }

  /**
   * Asks.
   *
   * @param services of this machine, one of which is asked for if there is no target
   */
  Facts.Names look(Optional<InetSocketAddress> listen, boolean runs, List<String> services)
      throws IOException {
    if (listen.isEmpty() || !runs) {
      Seen<DnsAnswer> none = Seen.unknown("the agent answers no DNS");
      return new Facts.Names(listen, none, none, "", none);
    }
    String known =
        target
            .map(Target::longName)
            .orElse(services.isEmpty() ? NOBODY : services.getFirst() + ".svc.clusterset.local");
    DnsAnswer first = question.ask(listen.get(), known);
    String host = target.map(Target::host).orElse(known);
    boolean usable = first instanceof DnsAnswer.Addresses;
    InetSocketAddress server = new InetSocketAddress(nameserver(), PORT);
    Seen<DnsAnswer> direct =
        usable
            ? Seen.found(question.ask(listen.get(), host))
            : Seen.unknown("the name is not known");
    String why = usable ? whyNot() : "the name is not known";
    Seen<DnsAnswer> asProgram =
        why.isEmpty() ? Seen.found(question.ask(server, host)) : Seen.unknown(why);
    return new Facts.Names(
        listen, Seen.found(first), direct, server.getAddress().getHostAddress(), asProgram);
  }

  /** Why what this process asks is not what a program would be told; empty if it is. */
  private String whyNot() {
    if (!place.isRoot()) {
      return "whether programs are told the same is not known: only root may see if their DNS is"
          + " captured";
    }
    if (!captured.bringsDns()) {
      return "DNS of programs is not captured, so they ask others than the agent";
    }
    CapturePlan plan = captured.report().known().orElseThrow().plan().orElseThrow();
    return plan.own().users().contains(place.user()) || plan.resolvers().contains(place.user())
        ? "DNS of root is not captured here, so it cannot be tried"
        : "";
  }

  /** The first of resolv.conf; without one the C library asks this machine. */
  private static InetAddress nameserver() throws IOException {
    Path file = Path.of("/etc/resolv.conf");
    if (Files.isReadable(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] words = line.strip().split("\\s+", 3);
        if (words.length >= 2 && words[0].equals("nameserver")) {
          return InetAddress.ofLiteral(words[1]);
        }
      }
    }
    return InetAddress.getLoopbackAddress();
  }
}
