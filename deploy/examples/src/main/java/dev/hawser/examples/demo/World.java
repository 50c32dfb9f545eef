package dev.hawser.examples.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Everything that runs in the demo, and how each piece is brought up. */
final class World implements AutoCloseable {
  /** Where {@code web}'s proxy offers each service to the application beside it. */
  static final Map<String, Integer> WEB_UPSTREAMS =
      Map.of("orders", 9001, "payments", 9002, "billing", 9003);

  private static final Duration START = Duration.ofSeconds(40);
  private static final Pattern TOKEN = Pattern.compile("hwsr1\\.[A-Za-z0-9_-]+");

  final Cluster east;
  final Cluster west;
  final Workload web;
  final List<Workload> eastOrders;
  final Workload westOrders;
  final Workload payments;
  final Narrator narrator;
  final Processes processes;
  final Probe probe = new Probe();

  private final Path folder;
  private final String java;
  private final String classPath;

  World(Path home, Path folder, Narrator narrator) throws IOException {
    this.folder = folder;
    this.narrator = narrator;
    processes = new Processes(home, folder.resolve("log"), narrator);
    java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    classPath = System.getProperty("java.class.path");
    east = new Cluster("east", 1, 1, folder.resolve("east"));
    west = new Cluster("west", 2, 2, folder.resolve("west"));
    web = new Workload(east, "web", "web", east.workload(1), WEB_UPSTREAMS);
    eastOrders =
        List.of(
            new Workload(east, "orders", "orders-east-1", east.workload(2), Map.of()),
            new Workload(east, "orders", "orders-east-2", east.workload(3), Map.of()));
    westOrders = new Workload(west, "orders", "orders-west-1", west.workload(2), Map.of());
    payments = new Workload(west, "payments", "payments", west.workload(1), Map.of());
  }

  /** Returns the URL at which {@code web} finds a service. */
  String seenByWeb(String service) {
    return "http://" + web.address() + ":" + WEB_UPSTREAMS.get(service) + "/";
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** Writes what the file registries of both clusters read. */
  void writeServices() throws IOException {
    Files.createDirectories(east.services());
    Files.createDirectories(west.services());
    Files.writeString(east.services().resolve("orders.yaml"), service("orders", eastOrders));
    Files.writeString(
        west.services().resolve("orders.yaml"), service("orders", List.of(westOrders)));
    Files.writeString(
        west.services().resolve("payments.yaml"), service("payments", List.of(payments)));
  }

  private static String service(String name, List<Workload> instances) {
    StringBuilder yaml =
        new StringBuilder(
            """
            apiVersion: hawser.dev/v1
            kind: Service
            metadata:
              name: %s
              namespace: shop
              annotations: {hawser.dev/export: "true"}
            spec:
              ports:
              - {name: http, port: 8080, protocol: http}
              endpoints:
            """
                .formatted(name));
    for (Workload instance : instances) {
      yaml.append("  - {address: ").append(instance.address());
      yaml.append(", serviceAccount: ").append(name);
      yaml.append(", locality: ").append(instance.cluster().name()).append("/a}\n");
    }
    return yaml.toString();
  }

  /** Starts a cluster's control plane and its first gateway with the command that a user types. */
  void startCluster(Cluster cluster) throws IOException {
    narrator.types(cluster.startCommand());
    processes.start(cluster.name(), Map.of(), cluster.startCommand());
  }

  void awaitCluster(Cluster cluster) throws IOException, InterruptedException {
    Path ready = cluster.dataDir().resolve("admin-token");
    boolean up =
        Probe.becomes(() -> Files.exists(ready) || !processes.isAlive(cluster.name()), START)
            && Probe.becomes(() -> isReady(cluster) || !processes.isAlive(cluster.name()), START);
    if (!up || !processes.isAlive(cluster.name())) {
      throw new IOException(
          "cluster "
              + cluster.name()
              + " did not come up:\n"
              + processes.lastWords(cluster.name()));
    }
  }

  /** Waits until a URL answers 200, and returns whether it did. */
  boolean isAnswering(String url, Duration atMost) throws InterruptedException {
    return Probe.becomes(() -> answers(url), atMost);
  }

  private boolean isReady(Cluster cluster) {
    return answers("http://" + cluster.controlPlane() + ":15080/q/health/ready");
  }

  private boolean answers(String url) {
    try {
      return probe.status(url) == 200;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Starts one more gateway. */
  void startGateway(Cluster cluster, int index) throws IOException {
    String name = cluster.gatewayProcess(index);
    List<String> command =
        List.of("hawser", "gateway", "start", "--name", name, "--listen", cluster.gateway(index));
    narrator.types(command);
    processes.start(name, cluster.environment(), command);
  }

  /**
   * Starts applications and the proxies beside them; each joins by a token of its own. At the same
   * time, because what takes long is the start of a JVM.
   */
  void startWorkloads(List<Workload> workloads) throws IOException, InterruptedException {
    narrator.types(
        List.of("hawser", "token", "issue", "--namespace", "shop", "--service-account", "..."));
    narrator.says(
        "one for each of "
            + workloads.size()
            + " workloads; then hawser-proxy --config FILE beside each");
    // Each starts as soon as it has its token; two at a time, for a JVM that starts fills a core.
    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      List<Callable<Boolean>> starts = new ArrayList<>();
      for (Workload workload : workloads) {
        starts.add(() -> {
          startWorkload(workload, issueToken(workload.cluster(), workload.service()), Map.of());
          return true;
        });
      }
      for (Future<Boolean> start : pool.invokeAll(starts)) {
        start.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  /** Issues a token with which a workload's proxy joins. */
  String issueToken(Cluster cluster, String serviceAccount)
      throws IOException, InterruptedException {
    return token(
        processes.runQuietly(
            cluster.environment(),
            "hawser",
            "token",
            "issue",
            "--namespace",
            "shop",
            "--service-account",
            serviceAccount));
  }

  void startWorkload(Workload workload, String token, Map<String, String> environment)
      throws IOException {
    Path config = workload.writeProxyConfig(folder, token);
    processes.start(workload.application(), Map.of(), workload.applicationCommand(java, classPath));
    processes.start(
        workload.proxy(), environment, List.of("hawser-proxy", "--config", config.toString()));
  }

  /** Starts an application that runs on a VM, where the agent is its proxy. */
  void startVmApplication(
      String service, String instance, String address, Map<String, Integer> upstreams)
      throws IOException {
    Workload application = new Workload(east, service, instance, address, upstreams);
    processes.start(instance, Map.of(), application.applicationCommand(java, classPath));
  }

  void kill(Workload workload) throws InterruptedException {
    processes.kill(workload.proxy());
    processes.kill(workload.application());
  }

  void restart(Workload workload) throws IOException {
    processes.restart(workload.application());
    processes.restart(workload.proxy());
  }

  /** Finds the token in what a command printed. */
  static String token(String output) throws IOException {
    Matcher matcher = TOKEN.matcher(output);
    if (!matcher.find()) {
      throw new IOException("no token in: " + output);
    }
    return matcher.group();
  }

  @Override
  public void close() {
    processes.close();
    probe.close();
  }
}
