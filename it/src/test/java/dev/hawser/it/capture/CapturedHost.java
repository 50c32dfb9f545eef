package dev.hawser.it.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Internet;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Shell;
import dev.hawser.it.harness.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * A machine with applications, a stand-in for the proxy that says where connections were going, and
 * somebody outside whom they can reach. Rules of other people are there already.
 */
final class CapturedHost implements AutoCloseable {
  /** Users and groups by number; none of them has a name here. */
  static final int PROXY = 1337;

  static final int APPLICATION = 1000;

  /** Anybody outside: all packets that leave the machine go to the harness. */
  static final String OUTSIDE = "198.51.100.1";

  static final String OUTSIDE_6 = "2001:db8:1::1";

  /** Further addresses of the same, of other networks. */
  static final List<String> OUTSIDE_TOO = List.of("203.0.113.9", "192.0.2.9", "2001:db8:2::9");

  /** The second compiler pays for itself after minutes, and these commands live for one second. */
  static final Map<String, String> BRIEF = Map.of("HAWSER_JAVA_OPTS", "-XX:TieredStopAtLevel=1");

  static final String SCRIPT =
      Home.checkout().resolve("it/src/test/resources/capture/mirror.py").toString();

  private final Site site;
  private final Path folder;
  private final Path dataDir;
  private final List<Managed> servers = new ArrayList<>();

  private CapturedHost(Site site, Path folder) {
    this.site = site;
    this.folder = folder;
    this.dataDir = folder.resolve(site.name());
  }

  /**
   * Makes a machine with nobody in it.
   *
   * @param number 1-99, of the site
   */
  static CapturedHost bare(Internet internet, Path folder, String name, int number) {
    CapturedHost host = new CapturedHost(internet.site(name, number), folder);
    List<String> outside = new ArrayList<>(OUTSIDE_TOO);
    outside.addAll(List.of(OUTSIDE, OUTSIDE_6));
    outside.forEach(address -> Shell.run("ip", "addr", "replace", address, "dev", "lo"));
    String own = host.address6() + "/64";
    Shell.run("ip", "addr", "add", "2001:db8:" + number + "00::1/64", "dev", "m-" + name, "nodad");
    host.inside("ip", "addr", "add", own, "dev", "mgmt0", "nodad");
    host.inside("ip", "route", "add", "default", "via", host.site.harnessAddress());
    host.inside("ip", "route", "add", "default", "via", "2001:db8:" + number + "00::1");
    try {
      // The agent's user passes through, and sees nothing on its way.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
      Files.createDirectories(host.dataDir);
      Files.setAttribute(host.dataDir, "unix:uid", PROXY);
      Files.setAttribute(host.dataDir, "unix:gid", PROXY);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no user " + PROXY + " here (expected: run by root, or with newuidmap)", e);
    }
    host.plantRulesOfOthers();
    return host;
  }

  /** Starts the stand-ins for the proxy and for the applications. */
  void populate() {
    serve(PROXY, "proxy", "15001", "15006", "15053");
    serve(0, "application", "22", "2222", "8080", "9100", "15020");
  }

  /** Starts somebody outside of all machines. */
  static Managed outside(Path folder) {
    return awaitServing(
        Managed.start(
            "outside",
            folder.resolve("log"),
            Map.of(),
            List.of("python3", SCRIPT, "0:0", "serve", "outside", "22", "25", "53", "80", "9443")));
  }

  private void serve(int user, String... rest) {
    List<String> command = new ArrayList<>(List.of("python3", SCRIPT, user + ":" + user, "serve"));
    command.addAll(List.of(rest));
    servers.add(
        awaitServing(
            Managed.start(
                site.name() + "-" + rest[0],
                folder.resolve("log"),
                Map.of(),
                site.command(command))));
  }

  static Managed awaitServing(Managed server) {
    Awaitility.await(server.name() + " serves")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .failFast(() -> assertThat(server.isAlive()).as(server.lastWords()).isTrue())
        .until(() -> server.lastWords().contains("serving"));
    return server;
  }

  Site site() {
    return site;
  }

  Path dataDir() {
    return dataDir;
  }

  /** Returns an address of it that the harness reaches. */
  String address() {
    return site.address(1);
  }

  String address6() {
    return "2001:db8:" + site.number() + "00::2";
  }

  /** Starts a client outside that holds a connection to the machine's port of SSH. */
  Managed holdFromOutside(String name) {
    return Managed.start(
        name,
        folder.resolve("log"),
        Map.of(),
        List.of("python3", SCRIPT, "0:0", "hold", address(), "22"));
  }

  /**
   * SIGKILL to all that waits to take an unconfirmed plan of this machine back.
   *
   * @return how many there were
   */
  int killRollbacks() {
    String id = id(ours());
    List<ProcessHandle> rollbacks =
        ProcessHandle.allProcesses()
            .filter(one ->
                one.info().arguments().map(List::of).orElse(List.of()).stream()
                    .anyMatch(argument -> !id.isEmpty() && argument.contains(id)))
            .toList();
    for (ProcessHandle shell : rollbacks) {
      List<ProcessHandle> children = shell.descendants().toList();
      // The shell first: one whose sleep is ended takes the plan back at once.
      shell.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    }
    return rollbacks.size();
  }

  private static String id(String rules) {
    return rules
        .lines()
        .filter(line -> line.contains("chain unconfirmed_"))
        .map(line -> line.replaceAll(".*chain (unconfirmed_[0-9a-f]+).*", "$1"))
        .findFirst()
        .orElse("");
  }

  /** Returns what a user of the machine is answered. */
  String ask(int user, String... rest) {
    return ask(user, user, rest);
  }

  String ask(int user, int group, String... rest) {
    return Shell.run(Map.of(), site.command(client(user, group, rest))).output().strip();
  }

  /** Returns what somebody outside is answered. */
  static String askFromOutside(String... rest) {
    return Shell.run(Map.of(), client(0, 0, rest)).output().strip();
  }

  private static List<String> client(int user, int group, String... rest) {
    List<String> command = new ArrayList<>(List.of("python3", SCRIPT, user + ":" + group));
    command.addAll(List.of(rest));
    return command;
  }

  /** Runs {@code hawser-agent capture} as root of the machine. */
  Shell.Result capture(String... arguments) {
    return capture(Map.of(), arguments);
  }

  Shell.Result capture(Map<String, String> environment, String... arguments) {
    Map<String, String> all = new HashMap<>(BRIEF);
    all.putAll(environment);
    return Shell.run(all, command(arguments));
  }

  List<String> command(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Home.command("hawser-agent"), "capture"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--data-dir", dataDir.toString()));
    return site.command(command);
  }

  /** Applies and confirms a plan, for tests of what it does. */
  void captureWith(String... options) {
    List<String> all = new ArrayList<>(List.of("apply", "--by-hand"));
    all.addAll(List.of(options));
    capture(all.toArray(String[]::new)).orFail();
    capture("confirm").orFail();
  }

  String inside(String... command) {
    return Shell.run(Map.of(), site.command(command)).orFail().output();
  }

  /** Returns our table, as nft lists it without counters; empty if there is none. */
  String ours() {
    Shell.Result result =
        Shell.run(Map.of(), site.command("nft", "-s", "list", "table", "inet", "hawser"));
    return result.exit() == 0 ? result.output() : "";
  }

  /** Returns what is ours in the tables of iptables; empty if nothing is. */
  String oursOfIptables() {
    String all = inside("iptables-save") + inside("ip6tables-save");
    return all.lines()
        .filter(line -> line.contains("HAWSER_"))
        .sorted()
        .collect(Collectors.joining("\n"));
  }

  /** Returns all that is not ours, with the handles that would tell that a rule was replaced. */
  String rulesOfOthers() {
    String all = inside("nft", "-s", "-a", "list", "ruleset");
    StringBuilder others = new StringBuilder();
    boolean ours = false;
    for (String line : all.lines().toList()) {
      ours = line.startsWith("table inet hawser ") || (ours && !line.startsWith("table "));
      // iptables makes a table of its own when it is first used; what is in it counts.
      others.append(ours ? "" : line + "\n");
    }
    return others.toString();
  }

  /** Returns the rules of others in the tables of iptables. */
  String iptablesOfOthers() {
    String all = inside("iptables-save") + inside("ip6tables-save");
    return all.lines()
        .filter(line -> line.startsWith("-A ") && !line.contains("HAWSER_"))
        .collect(Collectors.joining("\n"));
  }

  /** As Docker, firewalld and an administrator leave them. */
  private void plantRulesOfOthers() {
    nft(
        """
        table inet firewalld {
          set trusted {
            type ipv4_addr; flags interval; elements = { 10.0.0.0/8 }
          }
          chain nat_OUTPUT {
            type nat hook output priority -90; policy accept;
            jump nat_POLICIES
          }
          chain nat_POLICIES {
            tcp dport 7777 redirect to :7778
          }
          chain filter_INPUT {
            type filter hook input priority filter + 10; policy accept;
            ct state { established, related } accept
            iifname "lo" accept
            ip saddr @trusted counter accept
            tcp dport 6666 reject with tcp reset
          }
        }
        table ip administrator {
          chain output {
            type filter hook output priority filter; policy accept;
            tcp dport 23 drop
          }
        }
        """);
    for (String rule :
        List.of(
            "-N DOCKER",
            "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
            "-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER",
            "-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
            "-A DOCKER -p tcp --dport 8088 -j DNAT --to-destination "
                + site.address(1)
                + ":8080")) {
      iptables("iptables", "nat", rule);
    }
    iptables("ip6tables", "filter", "-A INPUT -p tcp --dport 6667 -j DROP");
    // One in each chain that ours are reached from: iptables leaves those that it made first.
    for (String chain : List.of("OUTPUT", "PREROUTING")) {
      iptables("ip6tables", "nat", "-A " + chain + " -p tcp --dport 6668 -j ACCEPT");
      iptables("ip6tables", "raw", "-A " + chain + " -p tcp --dport 6668 -j ACCEPT");
      iptables("iptables", "raw", "-A " + chain + " -p tcp --dport 6668 -j ACCEPT");
    }
  }

  private void iptables(String program, String table, String rule) {
    List<String> command = new ArrayList<>(List.of(program, "-t", table));
    command.addAll(List.of(rule.split(" ")));
    inside(command.toArray(String[]::new));
  }

  private void nft(String text) {
    try {
      Path file = Files.writeString(folder.resolve(site.name() + ".nft"), text);
      inside("nft", "-f", file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    servers.forEach(Managed::close);
    // What waits to roll something back keeps the namespace, which another test may name alike.
    for (String pid : Shell.run("ip", "netns", "pids", site.name()).lines().toList()) {
      ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
    }
  }
}
