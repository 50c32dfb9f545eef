package dev.hawser.agent.command;

import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.AgentFiles;
import dev.hawser.agent.config.Ports;
import dev.hawser.host.capture.Capture;
import dev.hawser.host.capture.CapturePlan;
import dev.hawser.host.capture.Cidr;
import dev.hawser.host.capture.HostFacts;
import dev.hawser.host.capture.PortRange;
import dev.hawser.host.identity.HostPort;
import dev.hawser.proxy.config.ProxyConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a person decides about a plan; all else comes from agent.yaml and from the machine. */
final class CaptureOptions {
  /** Nobody else's, as far as is known: 15001 in hexadecimal. */
  private static final int MARK = 0x3a99;

  @Option(
      names = "--exclude-outbound-ports",
      paramLabel = "PORT",
      split = ",",
      description = "Ports that applications reach directly, e.g. 25,8000-8100.")
  private List<String> excludeOutbound = new ArrayList<>();

  @Option(
      names = "--include-outbound-ports",
      paramLabel = "PORT",
      split = ",",
      description = "Only these are captured of what applications open.")
  private List<String> includeOutbound = new ArrayList<>();

  @Option(
      names = "--exclude-cidrs",
      paramLabel = "CIDR",
      split = ",",
      description = "Addresses that applications reach directly, IPv4 or IPv6.")
  private List<String> excludeCidrs = new ArrayList<>();

  @Option(
      names = "--include-cidrs",
      paramLabel = "CIDR",
      split = ",",
      description = "Only what goes to these is captured of what applications open.")
  private List<String> includeCidrs = new ArrayList<>();

  @Option(
      names = "--exclude-inbound-ports",
      paramLabel = "PORT",
      split = ",",
      description = "Ports at which others reach applications directly.")
  private List<String> excludeInbound = new ArrayList<>();

  @Option(
      names = "--include-inbound-ports",
      paramLabel = "PORT",
      split = ",",
      description = "Only these are captured of what comes for applications.")
  private List<String> includeInbound = new ArrayList<>();

  @Option(
      names = "--exclude-users",
      paramLabel = "USER",
      split = ",",
      description = "Users whose traffic is left alone, by name or number.")
  private List<String> excludeUsers = new ArrayList<>();

  @Option(
      names = "--exclude-groups",
      paramLabel = "GROUP",
      split = ",",
      description = "Groups whose traffic is left alone, by name or number.")
  private List<String> excludeGroups = new ArrayList<>();

  @Option(
      names = "--proxy-user",
      paramLabel = "USER",
      description = "As whom the agent runs (default: the owner of the data directory).")
  private String proxyUser = "";

  @Option(
      names = "--ssh-ports",
      paramLabel = "PORT",
      split = ",",
      description = "Where SSH is served besides 22 and what is found on this machine.")
  private List<String> sshPorts = new ArrayList<>();

  @Option(names = "--no-dns", description = "DNS is left alone.")
  private boolean noDns;

  @Option(names = "--no-ipv6", description = "IPv6 is left alone.")
  private boolean noIpv6;

  @Mixin private CaptureFilterOption filter = new CaptureFilterOption();

  Capture.Choice choice() {
    return filter.choice();
  }

  private Account proxy(AgentFiles files) throws IOException {
    return proxyUser.isEmpty()
        ? Account.ownerOf(files.directory())
        : Account.ofUser("--proxy-user", proxyUser);
  }

  CapturePlan plan(AgentFiles files, HostFacts facts) throws IOException {
    Optional<AgentConfig> config = files.readConfig();
    Ports ports = config.map(AgentConfig::ports).orElse(Ports.usual());
    Account proxy = proxy(files);
    List<Long> users = new ArrayList<>(List.of(proxy.user()));
    for (String user : excludeUsers) {
      users.add(Account.ofUser("--exclude-users", user).user());
    }
    List<Long> groups = new ArrayList<>();
    for (String group : excludeGroups) {
      groups.add(Account.group("--exclude-groups", group));
    }
    List<PortRange> ssh = new ArrayList<>(facts.ssh());
    ssh.addAll(parse("--ssh-ports", sshPorts, PortRange::parse));
    return new CapturePlan(
        new CapturePlan.Proxy(
            or(ports.outbound(), ProxyConfig.Listen.OUTBOUND),
            or(ports.inbound(), ProxyConfig.Listen.INBOUND),
            dns(ports.dns()),
            List.of(
                PortRange.of(or(ports.metrics(), ProxyConfig.Listen.METRICS)),
                PortRange.of(or(ports.ready(), ProxyConfig.Listen.READY)))),
        new CapturePlan.Own(users, groups, MARK),
        facts.resolvers().stream().filter(user -> user != proxy.user()).toList(),
        ssh,
        new CapturePlan.Traffic(
            parse("--exclude-outbound-ports", excludeOutbound, PortRange::parse),
            parse("--include-outbound-ports", includeOutbound, PortRange::parse)),
        new CapturePlan.Destinations(
            parse("--exclude-cidrs", excludeCidrs, Cidr::parse),
            parse("--include-cidrs", includeCidrs, Cidr::parse)),
        new CapturePlan.Traffic(
            parse("--exclude-inbound-ports", excludeInbound, PortRange::parse),
            parse("--include-inbound-ports", includeInbound, PortRange::parse)),
        !noIpv6);
  }

  private OptionalInt dns(String configured) {
    if (noDns || configured.equals("off")) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(
        configured.isEmpty() ? ProxyConfig.Listen.DNS : HostPort.parse(configured).port());
  }

  private static int or(int port, int usual) {
    return port == 0 ? usual : port;
  }

  private static <T> List<T> parse(String option, List<String> texts, Function<String, T> parse) {
    List<T> parsed = new ArrayList<>();
    for (String text : texts) {
      try {
        parsed.add(parse.apply(text));
      } catch (IllegalArgumentException e) {
        throw new AgentException(
            AgentExit.USAGE,
            option + ": " + e.getMessage(),
            "see 'hawser-agent capture plan --help'",
            e);
      }
    }
    return parsed;
  }
}
