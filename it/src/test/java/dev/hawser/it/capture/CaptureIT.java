package dev.hawser.it.capture;

import static dev.hawser.it.capture.CapturedHost.APPLICATION;
import static dev.hawser.it.capture.CapturedHost.OUTSIDE;
import static dev.hawser.it.capture.CapturedHost.OUTSIDE_6;
import static dev.hawser.it.capture.CapturedHost.PROXY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Internet;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Shell;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is redirected and what is not, for programs that know nothing of it. */
class CaptureIT {
  private static Internet nowhere;
  private static Managed outside;
  private static CapturedHost host;
  private static String others;
  private static String othersOfIptables;

  @BeforeAll
  static void start() {
    Path folder = Home.folder("capture");
    nowhere = Internet.none();
    outside = CapturedHost.outside(folder);
    host = CapturedHost.bare(nowhere, folder, "vm", 5);
    host.populate();
    others = host.rulesOfOthers();
    othersOfIptables = host.iptablesOfOthers();
    // Otherwise nothing below would show that it is capture which changes it.
    assertThat(tcp(APPLICATION, OUTSIDE, 80)).isEqualTo("outside 80 direct");
    assertThat(tcp(APPLICATION, OUTSIDE_6, 80)).isEqualTo("outside 80 direct");
    assertThat(udp(APPLICATION, OUTSIDE)).isEqualTo("outside 53 who");
    assertThat(fromOutside(host.address(), 8080)).isEqualTo("application 8080 direct");
  }

  @AfterAll
  static void stop() {
    host.close();
    outside.close();
    nowhere.close();
  }

  @AfterEach
  void whatOthersHaveIsAsBefore() {
    assertThat(host.iptablesOfOthers()).isEqualTo(othersOfIptables);
    host.capture("remove").orFail();
    assertThat(host.ours()).isEmpty();
    assertThat(host.inside("iptables-save") + host.inside("ip6tables-save"))
        .doesNotContain("HAWSER");
    assertThat(host.iptablesOfOthers()).isEqualTo(othersOfIptables);
    assertThat(tcp(APPLICATION, OUTSIDE, 80)).isEqualTo("outside 80 direct");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nftables", "iptables"})
  void whatApplicationsOpenGoesToTheProxyWhichIsToldWhereTo(String filter) {
    host.captureWith("--filter", filter);
    assertOthersUntouched(filter);
    assertThat(tcp(APPLICATION, OUTSIDE, 80)).isEqualTo("proxy 15001 " + OUTSIDE + " 80");
    assertThat(tcp(APPLICATION, OUTSIDE_6, 80)).isEqualTo("proxy 15001 " + OUTSIDE_6 + " 80");
    // Whether anybody is there does not matter: that is the proxy's to find out.
    assertThat(tcp(APPLICATION, "203.0.113.77", 4711)).isEqualTo("proxy 15001 203.0.113.77 4711");
    assertThat(tcp(APPLICATION, "2001:db8:ffff::7", 4711))
        .isEqualTo("proxy 15001 2001:db8:ffff::7 4711");
    assertThat(tcp(0, OUTSIDE, 80)).as("root").isEqualTo("proxy 15001 " + OUTSIDE + " 80");
    // No loop: neither the proxy's user, nor whoever marks its packets.
    assertThat(tcp(PROXY, OUTSIDE, 80)).isEqualTo("outside 80 direct");
    assertThat(tcp(PROXY, OUTSIDE_6, 80)).isEqualTo("outside 80 direct");
    assertThat(host.ask(0, "tcp", OUTSIDE, "80", Integer.toString(0x3a99)))
        .isEqualTo("outside 80 direct");
    // SSH to others, and what the machine says to itself.
    assertThat(tcp(APPLICATION, OUTSIDE, 22)).isEqualTo("outside 22 direct");
    assertThat(tcp(APPLICATION, "127.0.0.1", 8080)).isEqualTo("application 8080 direct");
    assertThat(tcp(APPLICATION, "::1", 8080)).isEqualTo("application 8080 direct");
    assertThat(tcp(APPLICATION, host.address(), 8080)).isEqualTo("application 8080 direct");
    assertThat(tcp(PROXY, host.address(), 8080)).isEqualTo("application 8080 direct");
    Shell.Result status = host.capture("status").orFail();
    assertThat(status.output())
        .startsWith("confirmed")
        .containsPattern("All other TCP goes to the proxy at port 15001\\. \\[[5-9] packets\\]")
        .containsPattern("user 1337 sends: it is the proxy's, or excluded\\. \\[[1-9]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nftables", "iptables"})
  void whatComesForApplicationsGoesToTheProxyButSshNeverDoes(String filter) {
    host.captureWith("--filter", filter, "--exclude-inbound-ports", "9100", "--ssh-ports", "2222");
    assertThat(fromOutside(host.address(), 8080))
        .isEqualTo("proxy 15006 " + host.address() + " 8080");
    assertThat(fromOutside(host.address6(), 8080))
        .isEqualTo("proxy 15006 " + host.address6() + " 8080");
    assertThat(fromOutside(host.address(), 7)).startsWith("proxy 15006 ");
    for (String address : new String[] {host.address(), host.address6()}) {
      assertThat(fromOutside(address, 22)).isEqualTo("application 22 direct");
      assertThat(fromOutside(address, 2222)).isEqualTo("application 2222 direct");
      assertThat(fromOutside(address, 9100)).isEqualTo("application 9100 direct");
      // The proxy's own: for its peers, and for who asks for its metrics.
      assertThat(fromOutside(address, 15_006)).isEqualTo("proxy 15006 direct");
      assertThat(fromOutside(address, 15_020)).isEqualTo("application 15020 direct");
    }
    // Published by a container, if there were one: what others redirect stays theirs.
    assertThat(fromOutside(host.address(), 8088))
        .isEqualTo("application 8080 " + host.address() + " 8088");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nftables", "iptables"})
  void dnsGoesToTheProxyWhoeverIsAsked(String filter) {
    host.captureWith("--filter", filter);
    for (String server : new String[] {OUTSIDE, "203.0.113.53", "127.0.0.53", OUTSIDE_6}) {
      assertThat(udp(APPLICATION, server)).as(server).isEqualTo("proxy 15053 who");
      assertThat(tcp(APPLICATION, server, 53))
          .as(server)
          .isEqualTo("proxy 15053 " + server + " 53");
    }
    assertThat(udp(PROXY, OUTSIDE)).isEqualTo("outside 53 who");
    // The kernel gives the proxy a port that a program has just had: the answer must not be its
    // own.
    for (int port = 40_000; port < 40_005; port++) {
      String source = Integer.toString(port);
      assertThat(host.ask(APPLICATION, "udp", OUTSIDE, "53", source)).isEqualTo("proxy 15053 who");
      assertThat(host.ask(PROXY, "udp", OUTSIDE, "53", source)).isEqualTo("outside 53 who");
      assertThat(host.ask(APPLICATION, "udp", OUTSIDE, "53", source)).isEqualTo("proxy 15053 who");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nftables", "iptables"})
  void exclusionsAndInclusionsHold(String filter) {
    host.captureWith(
        "--filter",
        filter,
        "--exclude-outbound-ports",
        "25,9000-9500",
        "--exclude-cidrs",
        "203.0.113.0/24,2001:db8:2::/48",
        "--include-cidrs",
        OUTSIDE + "," + OUTSIDE_6 + ",203.0.0.0/8",
        "--exclude-users",
        "4321",
        "--exclude-groups",
        "8765",
        "--no-dns");
    assertThat(tcp(APPLICATION, OUTSIDE, 80)).startsWith("proxy 15001 ");
    assertThat(tcp(APPLICATION, OUTSIDE_6, 80)).startsWith("proxy 15001 ");
    assertThat(tcp(APPLICATION, "203.0.114.1", 80)).startsWith("proxy 15001 ");
    assertThat(tcp(APPLICATION, OUTSIDE, 25)).isEqualTo("outside 25 direct");
    assertThat(tcp(APPLICATION, OUTSIDE_6, 9443)).isEqualTo("outside 9443 direct");
    assertThat(tcp(4321, OUTSIDE, 80)).isEqualTo("outside 80 direct");
    assertThat(host.ask(APPLICATION, 8765, "tcp", OUTSIDE, "80")).isEqualTo("outside 80 direct");
    assertThat(udp(APPLICATION, OUTSIDE)).isEqualTo("outside 53 who");
    for (String other : CapturedHost.OUTSIDE_TOO) {
      assertThat(tcp(APPLICATION, other, 80)).as(other).isEqualTo("outside 80 direct");
    }
  }

  @Test
  void ipv6CanBeLeftOut() {
    host.captureWith("--no-ipv6");
    assertThat(tcp(APPLICATION, OUTSIDE, 80)).startsWith("proxy 15001 ");
    assertThat(tcp(APPLICATION, OUTSIDE_6, 80)).isEqualTo("outside 80 direct");
    assertThat(udp(APPLICATION, OUTSIDE_6)).isEqualTo("outside 53 who");
    assertThat(fromOutside(host.address6(), 8080)).isEqualTo("application 8080 direct");
  }

  @Test
  void whatPassesThroughIsNotTouched() {
    host.inside("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
    Shell.run("ip", "netns", "add", "container");
    try {
      Shell.run("ip -n vm link add docker0 type veth peer name eth0 netns container".split(" "));
      host.inside("ip", "addr", "add", "172.18.0.1/24", "dev", "docker0");
      host.inside("ip", "link", "set", "docker0", "up");
      Shell.run("ip", "-n", "container", "addr", "add", "172.18.0.2/24", "dev", "eth0");
      Shell.run("ip", "-n", "container", "link", "set", "eth0", "up");
      Shell.run("ip", "-n", "container", "route", "add", "default", "via", "172.18.0.1");
      Shell.run("ip", "route", "add", "172.18.0.0/24", "via", "10.200.5.2");
      host.captureWith();
      Managed application =
          Managed.start(
              "container",
              Home.folder("container"),
              java.util.Map.of(),
              java.util.List.of(
                  "ip",
                  "netns",
                  "exec",
                  "container",
                  "python3",
                  "-c",
                  "import socket\ns=socket.create_server(('0.0.0.0',8080))\nprint('up',flush=True)\n"
                      + "while True:\n c,_=s.accept(); c.sendall(b'container'); c.close()"));
      try (application) {
        org.awaitility.Awaitility.await().until(() -> application.lastWords().contains("up"));
        assertThat(fromOutside("172.18.0.2", 8080)).isEqualTo("container");
      }
    } finally {
      Shell.run("ip", "netns", "del", "container");
      Shell.run("ip", "route", "del", "172.18.0.0/24");
    }
  }

  @Test
  void fiveHundredShortConnectionsASecondExhaustNothing() {
    host.captureWith();
    String before = host.inside("sysctl", "-n", "net.netfilter.nf_conntrack_count").strip();
    String result = host.ask(APPLICATION, "load", OUTSIDE, "80", "500", "6");
    String after = host.inside("sysctl", "-n", "net.netfilter.nf_conntrack_count").strip();
    System.out.println(
        "STORY capture: 500 connections a second: "
            + result
            + ", conntrack "
            + before
            + " -> "
            + after);
    assertThat(result).contains("{'proxy 15001 " + OUTSIDE + " 80': 3000}");
    // One entry each, besides what was there.
    assertThat(Integer.parseInt(after) - Integer.parseInt(before)).isLessThanOrEqualTo(3000);
  }

  private static void assertOthersUntouched(String filter) {
    if (filter.equals("nftables")) {
      assertThat(host.rulesOfOthers()).isEqualTo(others);
    }
    assertThat(host.iptablesOfOthers()).isEqualTo(othersOfIptables);
  }

  private static String tcp(int user, String address, int port) {
    return host.ask(user, "tcp", address, Integer.toString(port))
        .lines()
        .reduce("", (_, line) -> line);
  }

  private static String udp(int user, String address) {
    return host.ask(user, "udp", address, "53");
  }

  private static String fromOutside(String address, int port) {
    return CapturedHost.askFromOutside("tcp", address, Integer.toString(port))
        .lines()
        .reduce("", (_, line) -> line);
  }
}
