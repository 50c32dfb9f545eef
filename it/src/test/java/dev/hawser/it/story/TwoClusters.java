package dev.hawser.it.story;

import dev.hawser.examples.load.SteadyLoad;
import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Internet;
import dev.hawser.it.harness.Member;
import dev.hawser.it.harness.Pod;
import dev.hawser.it.harness.Site;
import dev.hawser.it.programs.ConsulServer;
import dev.hawser.it.programs.Kubelet;
import dev.hawser.it.programs.KubernetesCluster;
import dev.hawser.it.programs.Place;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What most stories begin with: east, a real Kubernetes API server, and west, a real Consul, each
 * at a site of its own with only the gateway port open; {@code orders} in both, {@code payments} in
 * west alone, {@code web} in east. Made once for all stories of a run; a story leaves it healthy.
 */
final class TwoClusters implements AutoCloseable {
  /** Where {@code web}'s proxy offers each service, and {@code billing} of the VM. */
  static final Map<String, Integer> WEB_UPSTREAMS =
      Map.of("orders", 9001, "payments", 9002, "billing", 9003);

  static final Duration DEADLINE = Duration.ofSeconds(5);

  private static final String NAMESPACE = "shop";
  private static final int SERVICE_PORT = 8080;
  private static final Pattern TOKEN = Pattern.compile("hwsr1\\.[A-Za-z0-9_-]+");

  final Path folder = Home.folder("two-clusters");
  final Internet internet = new Internet();
  final Site eastSite;
  final Site westSite;
  final KubernetesCluster kubernetes;
  final Kubelet kubelet;
  final ConsulServer consul;
  final Member east;
  final Member west;
  final Pod web;
  final List<Pod> eastOrders = new ArrayList<>();
  final List<Pod> westOrders = new ArrayList<>();
  final Pod payments;

  private final Path roots;

  /**
   * How long it took from the first command of the join to the first answer from the other cluster.
   */
  final Duration joinTook;

  private final List<AutoCloseable> parts = new ArrayList<>();

  TwoClusters() {
    parts.add(internet);
    eastSite = internet.site("east", 1);
    westSite = internet.site("west", 2);
    kubernetes = keep(KubernetesCluster.start(Place.in(eastSite, folder.resolve("kubernetes"))));
    consul = keep(ConsulServer.start(Place.in(westSite, folder.resolve("consul")), "dc1"));
    kubelet = new Kubelet(kubernetes, "east");
    east =
        keep(
            Member.start(
                "east",
                eastSite,
                folder,
                Map.of(
                    "HAWSER_REGISTRY_KUBERNETES_ENABLED",
                    "true",
                    "HAWSER_REGISTRY_KUBERNETES_KUBECONFIG",
                    kubernetes.kubeconfig().toString())));
    west =
        keep(
            Member.start(
                "west",
                westSite,
                folder,
                Map.of(
                    "HAWSER_REGISTRY_CONSUL_ADDRESS",
                    consul.url(),
                    "HAWSER_CONSUL_NAMESPACE",
                    NAMESPACE)));
    east.startGateway(eastSite.publicAddress());
    west.startGateway(westSite.publicAddress());
    west.startGateway(westSite.secondPublicAddress());
    // What the chart's pods find in the ConfigMap hawser-roots.
    roots =
        write(
            "roots.pem", Certificates.toPem(List.of(Loot.intermediateOf(east).chain().getLast())));
    kubelet.service(NAMESPACE, "orders", SERVICE_PORT, "http", Map.of("hawser.dev/export", "true"));
    web = startInEast("web", "web", 10, WEB_UPSTREAMS);
    eastOrders.add(startInEast("orders-east-1", "orders", 11, Map.of()));
    eastOrders.add(startInEast("orders-east-2", "orders", 12, Map.of()));
    for (int i = 1; i <= 4; i++) {
      westOrders.add(startInWest("orders-west-" + i, "orders", 10 + i, Map.of()));
    }
    payments = startInWest("payments-1", "payments", 20, Map.of());
    awaitAnswer("orders", "\"cluster\":\"east\"", Duration.ofSeconds(60));
    joinTook = join();
  }

  private Duration join() {
    long start = System.nanoTime();
    west.hawser("join", token(east.hawser("invite")));
    awaitAnswer("payments", "\"instance\":\"payments-1\"", Duration.ofSeconds(60));
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Starts a pod in east: it proves who it is by its Kubernetes service account. */
  Pod startInEast(String name, String service, int host, Map<String, Integer> upstreams) {
    String address = eastSite.address(host);
    kubelet.pod(NAMESPACE, name, service, address);
    Path tokenFile = write(name + ".token", kubelet.token(NAMESPACE, service, "hawser"));
    String join =
        "join: {kubernetesTokenFile: %s, controlPlane: [\"%s:15012\"], cluster: east, meshDomain: mesh.internal, rootsFile: %s}"
            .formatted(tokenFile, eastSite.address(1), roots);
    return keep(Pod.start(name, service, eastSite, host, folder, join, ordered(upstreams)));
  }

  /** Starts an instance in west, exported to all; it proves who it is by a one-use token. */
  Pod startInWest(String name, String service, int host, Map<String, Integer> upstreams) {
    return startInWest(name, service, host, upstreams, "true");
  }

  /**
   * Starts an instance in west, known to Consul.
   *
   * @param export the value of {@code hawser-export}
   */
  Pod startInWest(
      String name, String service, int host, Map<String, Integer> upstreams, String export) {
    Path tokenFile =
        write(
            name + ".token",
            token(
                west.hawser(
                    "token", "issue", "--namespace", NAMESPACE, "--service-account", service)));
    Pod pod =
        keep(
            Pod.start(
                name,
                service,
                westSite,
                host,
                folder,
                "join: {tokenFile: " + tokenFile + "}",
                ordered(upstreams)));
    consul.register(
        service,
        name,
        westSite.address(host),
        SERVICE_PORT,
        Map.of("hawser-export", export, "hawser-protocol", "http"));
    return pod;
  }

  /** Returns the URL at which {@code web} finds a service; the harness asks in its place. */
  String seenByWeb(String service) {
    return "http://" + web.address() + ":" + WEB_UPSTREAMS.get(service) + "/";
  }

  /** Asks for a service as {@code web} does, until an answer with a text comes. */
  String awaitAnswer(String service, String text, Duration atMost) {
    return Calls.await(seenByWeb(service), text, atMost);
  }

  /** Asks {@code orders} steadily, as {@code web} does. */
  SteadyLoad load(int perSecond) {
    return SteadyLoad.start(URI.create(seenByWeb("orders")), Map.of(), perSecond, DEADLINE);
  }

  /** Applies a policy in east. */
  void applyInEast(String name, String yaml) {
    east.hawser("apply", "-f", write(name + ".yaml", yaml).toString());
  }

  /** Takes a policy of {@link #applyInEast} back. */
  void deleteInEast(String name) {
    east.hawser("delete", "-f", folder.resolve(name + ".yaml").toString());
  }

  /** Writes a file that only its owner can read. */
  Path write(String name, String content) {
    Path file = folder.resolve(name);
    try {
      Files.writeString(file, content);
      Files.setPosixFilePermissions(
          file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Finds the token in what a command printed. */
  static String token(String output) {
    Matcher matcher = TOKEN.matcher(output);
    if (!matcher.find()) {
      throw new AssertionError("no token in: " + output);
    }
    return matcher.group();
  }

  private static Map<String, Integer> ordered(Map<String, Integer> upstreams) {
    return new LinkedHashMap<>(upstreams);
  }

  <T extends AutoCloseable> T keep(T part) {
    parts.add(part);
    return part;
  }

  @Override
  public void close() {
    for (AutoCloseable part : parts.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        // The rest must be closed all the same; what could not be ends with the namespace.
        Report.line("closing %s failed: %s", part, e);
      }
    }
  }
}
