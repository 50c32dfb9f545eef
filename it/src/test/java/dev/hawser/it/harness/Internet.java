package dev.hawser.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The network between the sites of a story: one bridge that each site has a foot in, with a packet
 * filter at each site that lets nothing in but the gateway port. Beside it the harness has a cable
 * of its own to each site, which leads nowhere else, so that it can play the kubelet and the user
 * without opening anything between the sites.
 *
 * <p>Works only in a network namespace where the test is root, which {@code it/namespaces/bin/java}
 * makes.
 */
public final class Internet implements AutoCloseable {
  private static final String BRIDGE = "internet";

  /** How many inner addresses a site gets, counted from 1. */
  private static final int ADDRESSES = 60;

  private final List<Site> sites = new ArrayList<>();
  private final boolean joined;

  /** Makes the bridge. */
  public Internet() {
    this(true);
  }

  private Internet(boolean joined) {
    this.joined = joined;
    if (!Files.isWritable(Path.of("/run/netns"))) {
      throw new AssertionError(
          "no namespaces here (expected: run by it/namespaces/bin/java, as `make test` does)");
    }
    if (!joined) {
      return;
    }
    Shell.run("ip", "link", "add", BRIDGE, "type", "bridge");
    Shell.run("ip", "link", "set", BRIDGE, "up");
    // A foot of the harness's own: what it sends from here meets the same packet filters as another
    // site's traffic.
    Shell.run("ip", "addr", "add", "192.0.2.254/24", "dev", BRIDGE);
  }

  /** Makes none: its sites are reached by the harness alone. */
  public static Internet none() {
    return new Internet(false);
  }

  /** Adds a site. */
  public Site site(String name, int number) {
    Site site = new Site(name, number);
    sites.add(site);
    List<String> outside = new ArrayList<>();
    outside.add("netns add " + name);
    if (joined) {
      outside.add("link add w-" + name + " type veth peer name wan0 netns " + name);
      outside.add("link set w-" + name + " master " + BRIDGE + " up");
    }
    outside.addAll(
        List.of(
            "link add m-" + name + " type veth peer name mgmt0 netns " + name,
            "addr add " + site.harnessAddress() + "/30 dev m-" + name,
            "link set m-" + name + " up",
            "route add 10." + number + ".0.0/24 via 10.200." + number + ".2"));
    batch(outside, List.of());
    List<String> inside = new ArrayList<>();
    inside.add("link set lo up");
    if (joined) {
      inside.add("addr add " + site.publicAddress() + "/24 dev wan0");
      inside.add("addr add " + site.secondPublicAddress() + "/24 dev wan0");
      inside.add("link set wan0 up");
    }
    inside.add("addr add 10.200." + number + ".2/30 dev mgmt0");
    inside.add("link set mgmt0 up");
    for (int host = 1; host <= ADDRESSES; host++) {
      inside.add("addr add " + site.address(host) + "/32 dev lo");
    }
    batch(inside, List.of("-n", name));
    closeAllButTheGatewayPort(site);
    return site;
  }

  private static void closeAllButTheGatewayPort(Site site) {
    Path rules =
        temporary(
            """
            table inet site {
              chain input {
                type filter hook input priority filter; policy accept;
                iifname "wan0" ct state established,related accept
                iifname "wan0" tcp dport %d accept
                iifname "wan0" meta l4proto { tcp, udp } counter drop
              }
            }
            """
                .formatted(Site.GATEWAY_PORT));
    Shell.run(site.command("nft", "-f", rules.toString()).toArray(String[]::new));
  }

  /**
   * Counts packets towards an inner address of a site from now on, whoever sends them; {@link
   * #counted} reads it.
   */
  public void count(Site site, String address) {
    Path rules =
        temporary(
            """
            table inet watch {
              counter seen { }
              chain input {
                type filter hook input priority filter - 1; policy accept;
                ip daddr %s counter name seen
              }
            }
            """
                .formatted(address));
    Shell.run(site.command("nft", "-f", rules.toString()).toArray(String[]::new));
  }

  /** Returns how many packets {@link #count} has seen, and stops counting. */
  public long counted(Site site) {
    String counter =
        Shell.run(
            site.command("nft", "list", "counter", "inet", "watch", "seen").toArray(String[]::new));
    Shell.run(site.command("nft", "delete", "table", "inet", "watch").toArray(String[]::new));
    return Long.parseLong(counter.replaceAll("(?s).*packets (\\d+) bytes.*", "$1"));
  }

  /** Drops everything between a site and all others, both ways, until {@link #heal}. */
  public void cut(Site site) {
    Shell.run("ip", "link", "set", "w-" + site.name(), "down");
  }

  /** Ends a {@link #cut}. */
  public void heal(Site site) {
    Shell.run("ip", "link", "set", "w-" + site.name(), "up");
  }

  @Override
  public void close() {
    for (Site site : sites) {
      Shell.run("ip", "netns", "del", site.name());
    }
    if (joined) {
      Shell.run("ip", "link", "del", BRIDGE);
    }
  }

  private static void batch(List<String> commands, List<String> options) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(options);
    command.addAll(List.of("-batch", temporary(String.join("\n", commands) + "\n").toString()));
    Shell.run(command.toArray(String[]::new));
  }

  private static Path temporary(String content) {
    try {
      Path file = Files.createTempFile("network", ".batch");
      file.toFile().deleteOnExit();
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
