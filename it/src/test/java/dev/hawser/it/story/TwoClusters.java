package dev.hawser.it.story;

import dev.hawser.examples.load.SteadyLoad;
import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.Internet;
import dev.hawser.it.harness.LocalAdmin;
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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

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

  /** Two of east, and four of west behind two gateways each. */
  static final int ALL_SLOTS = 10;

  private static final Pattern SLOT =
      Pattern.compile("p8080\\.orders\\.shop\\.(east|west)\\.mesh\\.internal");
  private static final String NAMESPACE = "shop";
  private static final int SERVICE_PORT = 8080;
  private static final Pattern TOKEN = Pattern.compile("hwsr1\\.[A-Za-z0-9_-]+");

  /** Parts are made by several threads at once; closed in the opposite order. */
  private final List<AutoCloseable> parts = Collections.synchronizedList(new ArrayList<>());

  final Path folder = Home.folder("two-clusters");
  final Internet internet = keep(new Internet());
  final Site eastSite = internet.site("east", 1);
  final Site westSite = internet.site("west", 2);
  final KubernetesCluster kubernetes;
  final Kubelet kubelet;
  final ConsulServer consul;
  final Member east;
  final Member west;
  final Pod web;
  final List<Pod> eastOrders;
  final List<Pod> westOrders;
  final Pod payments;

  /** What the chart's pods find in the ConfigMap hawser-roots. */
  private final Path roots;

  /**
   * How long it took from the first command of the join to the first answer from the other cluster.
   */
  final Duration joinTook;

  TwoClusters() {
    // A process mostly waits while it starts: what does not need another starts beside it.
    try (AtOnce atOnce = new AtOnce()) {
      Future<KubernetesCluster> kubernetesStarts =
          atOnce.begin(() ->
              keep(KubernetesCluster.start(Place.in(eastSite, folder.resolve("kubernetes")))));
      Future<ConsulServer> consulStarts =
          atOnce.begin(
              () -> keep(ConsulServer.start(Place.in(westSite, folder.resolve("consul")), "dc1")));
      Future<Member> westStarts = atOnce.begin(() -> west(AtOnce.result(consulStarts)));
      kubernetes = AtOnce.result(kubernetesStarts);
      Future<Member> eastStarts = atOnce.begin(() -> east(kubernetes));
      kubelet = new Kubelet(kubernetes, "east");
      kubelet.service(
          NAMESPACE, "orders", SERVICE_PORT, "http", Map.of("hawser.dev/export", "true"));
      consul = AtOnce.result(consulStarts);
      west = AtOnce.result(westStarts);
      // Not before both control planes are up: on two cores so much at once would starve them.
      east = AtOnce.result(eastStarts);
      List<Future<Pod>> westPods = new ArrayList<>();
      for (int i = 1; i <= 4; i++) {
        int host = 10 + i;
        String name = "orders-west-" + i;
        westPods.add(atOnce.begin(() -> startInWest(name, "orders", host, Map.of())));
      }
      Future<Pod> paymentsStarts =
          atOnce.begin(() -> startInWest("payments-1", "payments", 20, Map.of()));
      roots =
          write(
              "roots.pem",
              Certificates.toPem(List.of(Loot.intermediateOf(east).chain().getLast())));
      web = startInEast("web", "web", 10, WEB_UPSTREAMS);
      eastOrders =
          List.of(
              startInEast("orders-east-1", "orders", 11, Map.of()),
              startInEast("orders-east-2", "orders", 12, Map.of()));
      westOrders = westPods.stream().map(AtOnce::result).toList();
      payments = AtOnce.result(paymentsStarts);
    }
    awaitAnswer("orders", "\"cluster\":\"east\"", Duration.ofSeconds(90));
    joinTook = join();
    Awaitility.await("web knows every instance of orders")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> slotsKnownToWeb() == ALL_SLOTS);
  }

  /**
   * Counts the endpoints of orders in web's own proxy: an instance behind two gateways counts
   * twice.
   */
  int slotsKnownToWeb() {
    LocalAdmin.Answer clusters = web.admin().get("/upstreams");
    if (clusters.status() != 200) {
      throw new AssertionError("web's proxy: " + clusters);
    }
    return (int) SLOT.matcher(clusters.body()).results().count();
  }

  private Member east(KubernetesCluster registry) {
    Member member =
        keep(
            Member.start(
                "east",
                eastSite,
                folder,
                Map.of(
                    "HAWSER_REGISTRY_KUBERNETES_ENABLED",
                    "true",
                    "HAWSER_REGISTRY_KUBERNETES_KUBECONFIG",
                    registry.kubeconfig().toString())));
    member.startGateway(eastSite.publicAddress());
    return member;
  }

  private Member west(ConsulServer registry) {
    Member member =
        keep(
            Member.start(
                "west",
                westSite,
                folder,
                Map.of(
                    "HAWSER_REGISTRY_CONSUL_ADDRESS",
                    registry.url(),
                    "HAWSER_CONSUL_NAMESPACE",
                    NAMESPACE)));
    member.startGateway(westSite.publicAddress());
    member.startGateway(westSite.secondPublicAddress());
    return member;
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
    String join = joinInWest(name, service);
    Pod pod = keep(Pod.start(name, service, westSite, host, folder, join, ordered(upstreams)));
    register(pod, "http", export);
    return pod;
  }

  /** Starts an instance of a program of another kind in west, exported to all. */
  Pod startInWest(
      String name, String service, int host, String protocol, List<String> application) {
    String join = joinInWest(name, service);
    Pod pod = keep(Pod.start(name, service, westSite, host, folder, join, Map.of(), application));
    register(pod, protocol, "true");
    return pod;
  }

  private String joinInWest(String name, String service) {
    // What `hawser token issue` does, without a start of its process for each instance.
    String issued =
        west.post(
            "/v1/tokens",
            "{\"kind\":\"WORKLOAD\",\"name\":\"\",\"namespace\":\"%s\",\"serviceAccount\":\"%s\",\"services\":[],\"ttlSeconds\":0}"
                .formatted(NAMESPACE, service));
    return "join: {tokenFile: " + write(name + ".token", token(issued)) + "}";
  }

  /** Tells Consul of an instance. */
  void register(Pod pod, String protocol, String export) {
    consul.register(
        pod.service(),
        pod.name(),
        pod.address(),
        SERVICE_PORT,
        Map.of("hawser-export", export, "hawser-protocol", protocol));
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
