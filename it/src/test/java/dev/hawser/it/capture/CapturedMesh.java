package dev.hawser.it.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Internet;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Member;
import dev.hawser.it.harness.Pod;
import dev.hawser.it.harness.Shell;
import dev.hawser.it.harness.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.awaitility.Awaitility;

/**
 * A cluster with two services, and a machine beside it whose programs know nothing of the mesh: its
 * agent runs, and captures what they open. The harness is the router between the two.
 */
final class CapturedMesh implements AutoCloseable {
  /** Of {@code orders.shop}; nobody has it. */
  static final String CLUSTER_ADDRESS = "10.96.0.10";

  static final String CLUSTER_ADDRESS_6 = "2001:db8:96::10";
  private static final int ORDERS = 20;
  private static final int LEDGER = 21;

  /**
   * One more service, with a workload behind it.
   *
   * @param protocol as the name of its port says it
   * @param host 22-99, of its workload
   * @param application its command at an address
   */
  record Extra(
      String service,
      String protocol,
      int port,
      int host,
      Function<String, List<String>> application) {}

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Path folder;
  private final Site east;
  private final Member member;
  private final CapturedHost host;
  private final Managed agent;

  private CapturedMesh(Path folder, String policy, List<Extra> extras) {
    this.folder = folder;
    Internet nowhere = keep(Internet.none());
    Shell.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
    keep(CapturedHost.outside(folder));
    host = keep(CapturedHost.bare(nowhere, folder, "vm", 5));
    east = nowhere.site("east", 7);
    inside(east, "ip", "route", "add", "default", "via", east.harnessAddress());
    Path services = folder.resolve("services");
    write(
        services,
        "orders",
        "addresses: [" + CLUSTER_ADDRESS + ", \"" + CLUSTER_ADDRESS_6 + "\"]",
        "http",
        8080,
        ORDERS);
    write(services, "ledger", "addresses: []", "tcp", 5432, LEDGER);
    for (Extra extra : extras) {
      write(
          services, extra.service(), "addresses: []", extra.protocol(), extra.port(), extra.host());
    }
    member =
        keep(
            Member.start(
                "east",
                east,
                folder,
                Map.of("HAWSER_REGISTRY_FILE_DIRECTORY", services.toString())));
    keep(Pod.start("orders-1", "orders", east, ORDERS, folder, join("orders"), Map.of()));
    keep(
        Pod.start(
            "ledger-1",
            "ledger",
            east,
            LEDGER,
            folder,
            join("ledger"),
            Map.of(),
            List.of("python3", CapturedHost.SCRIPT, "0:0", "serve", "ledger", "5432")));
    for (Extra extra : extras) {
      String service = extra.service();
      keep(
          Pod.start(
              service + "-1",
              service,
              east,
              extra.host(),
              folder,
              join(service),
              Map.of(),
              extra.application().apply(east.address(extra.host()))));
    }
    agent = keep(joinAgent(policy));
  }

  /**
   * Starts it; nothing is captured yet.
   *
   * @param policy for what is in no registry
   */
  static CapturedMesh start(String name, String policy, Extra... extras) {
    return new CapturedMesh(Home.folder(name), policy, List.of(extras));
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.push(one);
    return one;
  }

  private void write(
      Path services, String service, String addresses, String protocol, int port, int host) {
    String yaml =
        """
        apiVersion: hawser.dev/v1
        kind: Service
        metadata: {name: %1$s, namespace: shop}
        spec:
          ports:
          - {name: %3$s, port: %4$d, protocol: %3$s}
          %2$s
          endpoints:
          - {address: %5$s, serviceAccount: %1$s}
        """
            .formatted(service, addresses, protocol, port, east.address(host));
    try {
      Files.createDirectories(services);
      Files.writeString(services.resolve(service + ".yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the line of a start file by which a proxy of the cluster joins. */
  private String join(String account) {
    String token =
        token(member.hawser("token", "issue", "--namespace", "shop", "--service-account", account));
    try {
      return "join: {tokenFile: "
          + Files.writeString(folder.resolve(account + ".token"), token)
          + "}";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String token(String output) {
    return output
        .lines()
        .flatMap(line -> List.of(line.split("\\s+")).stream())
        .filter(word -> word.startsWith("hwsr1."))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no token in: " + output));
  }

  /** The two commands of the README, as the agent's own user. */
  private Managed joinAgent(String policy) {
    String token =
        token(
            member.hawser(
                "vm", "invite", "vm-1", "--service", "billing.shop", "--port", "http:8080/http"));
    Shell.run(
            CapturedHost.BRIEF,
            asProxy(
                Home.command("hawser-agent"),
                "join",
                token,
                "--data-dir",
                host.dataDir().toString(),
                "--address",
                host.address(),
                "--capture",
                policy))
        .orFail();
    Managed started =
        Managed.start(
            "vm-agent",
            folder.resolve("log"),
            Map.of(),
            asProxy(Home.command("hawser-agent"), "run", "--data-dir", host.dataDir().toString()));
    Awaitility.await("the agent serves")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .failFast(() -> assertThat(started.isAlive()).as(started.lastWords()).isTrue())
        .until(() -> stats().contains("server.live"));
    return started;
  }

  /**
   * Changes the policy for what is in no registry, as an operator does: the file, then a restart.
   */
  void policy(String policy) {
    Path file = host.dataDir().resolve("agent.yaml");
    try {
      String text = Files.readString(file);
      assertThat(text).contains("capture: ");
      Files.writeString(file, text.replaceFirst("capture: .*", "capture: \"" + policy + "\""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(agent.terminate(30)).isTrue();
    agent.restart();
    awaitCalls();
  }

  /** Waits until a program of the machine is served. */
  void awaitCalls() {
    Awaitility.await("calls succeed")
        .atMost(Duration.ofSeconds(60))
        .failFast(() -> assertThat(agent.isAlive()).as(agent.lastWords()).isTrue())
        .until(() -> curl("http://orders.shop:8080/").output().contains("orders-1"));
  }

  private List<String> asProxy(String... command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid",
                Integer.toString(CapturedHost.PROXY),
                "--regid",
                Integer.toString(CapturedHost.PROXY),
                "--clear-groups"));
    all.addAll(List.of(command));
    return host.site().command(all);
  }

  CapturedHost host() {
    return host;
  }

  Member member() {
    return member;
  }

  Managed agent() {
    return agent;
  }

  /** Returns an address of the workload behind {@code orders.shop}. */
  String ordersPod() {
    return east.address(ORDERS);
  }

  /** Asks what is wrong with calls of a service. */
  Shell.Result doctor(String service) {
    return Shell.run(
        CapturedHost.BRIEF,
        host.site()
            .command(
                Home.command("hawser-agent"),
                "doctor",
                service,
                "--data-dir",
                host.dataDir().toString()));
  }

  /** Returns what curl prints for a user of the machine. */
  Shell.Result curl(String... arguments) {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "-m", "10"));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  /** Runs a command as a user of the machine. */
  Shell.Result run(String... command) {
    return Shell.run(Map.of(), asApplication(command));
  }

  Shell.Result run(Duration patience, String... command) {
    return Shell.run(patience, Map.of(), asApplication(command));
  }

  /** Starts a program as a user of the machine. */
  Managed program(String name, String... command) {
    return Managed.start(name, folder.resolve("log"), Map.of(), asApplication(command));
  }

  private List<String> asApplication(String... command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid",
                Integer.toString(CapturedHost.APPLICATION),
                "--clear-groups"));
    all.addAll(List.of(command));
    return host.site().command(all);
  }

  /** Returns the numbers of the machine's proxy. */
  String stats() {
    return Shell.run(
                Map.of(),
                host.site()
                    .command("curl", "-s", "-m", "3", "http://127.0.0.1:15000/stats/prometheus"))
            .output()
        + Shell.run(
                Map.of(),
                host.site().command("curl", "-s", "-m", "3", "http://127.0.0.1:15000/stats"))
            .output();
  }

  /** Starts a web server outside of all machines, which reads what it is sent. */
  Managed webOutside(int port) {
    return CapturedHost.awaitServing(
        Managed.start(
            "web",
            folder.resolve("log"),
            Map.of(),
            List.of(
                "python3",
                "-c",
                "import http.server as h\n"
                    + "s = h.HTTPServer(('', "
                    + port
                    + "), h.BaseHTTPRequestHandler)\n"
                    + "print('serving', flush=True)\ns.serve_forever()")));
  }

  /** Watches the machine's cable for a text until it is closed. */
  Managed watch(String text) {
    return CapturedHost.awaitServing(
        Managed.start(
            "sniff-" + text,
            folder.resolve("log"),
            Map.of(),
            List.of(
                "python3",
                Home.checkout().resolve("it/src/test/resources/capture/sniff.py").toString(),
                "m-" + host.site().name(),
                text)));
  }

  private static void inside(Site site, String... command) {
    Shell.run(site.command(command).toArray(String[]::new));
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        throw new AssertionError("cannot be closed", e);
      }
    }
  }
}
