package dev.hawser.examples.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs each program once as a user would and ends it in peace, so that it leaves a cache of the
 * classes that it loaded, and of what its methods met. The start of a program spends about half of
 * its work on loading them, and its first minute much of it on finding out what is worth compiling
 * (JEP 483, JEP 515).
 */
public final class Training {
  private static final String TRAIN = "HAWSER_AOT_TRAIN";
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int CALLS = 50;

  /** The trained proxy calls its own workload: it is caller's and callee's proxy at once. */
  private static final Map<String, Integer> OWN_SERVICE = Map.of("orders", 9001);

  private static final int CALLERS = 16;
  private static final int SMALL_CALLS = 20_000;
  private static final int LARGE_CALLS = 300;
  private static final String LARGE = "bytes/1048576";

  private final World world;

  private Training(World world) {
    this.world = world;
  }

  /**
   * Trains all programs.
   *
   * @param args {@code --home DIR}, a built checkout; the caches are left in {@code target/aot}
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length != 2 || !args[0].equals("--home")) {
      System.err.println("usage: training --home DIR");
      System.exit(2);
    }
    Path home = Path.of(args[1]).toRealPath();
    Files.createDirectories(home.resolve("target/aot"));
    Path folder = Folder.fresh(home.resolve("target/training"));
    try (World world = new World(home, folder, new Narrator())) {
      new Training(world).run(folder);
    }
  }

  private void run(Path folder) throws IOException, InterruptedException {
    Processes processes = world.processes;
    world.writeServices();
    processes.start(
        "east", Map.of(TRAIN, "control-plane east-west-gateway"), world.east.startCommand());
    world.awaitCluster(world.east);

    Workload first = world.eastOrders.getFirst();
    Workload orders =
        new Workload(
            first.cluster(), first.service(), first.instance(), first.address(), OWN_SERVICE);
    world.startWorkload(world.web, issue("web"), Map.of());
    world.startWorkload(orders, issue("orders"), Map.of(TRAIN, "sidecar-proxy"));
    startAgent(folder.resolve("vm-1"));
    for (int i = 0; i < CALLS; i++) {
      world.probe.await(world.seenByWeb("orders"), "\"service\":\"orders\"", LIMIT);
      world.probe.await(world.seenByWeb("billing"), "\"service\":\"billing\"", LIMIT);
    }
    String own = "http://" + orders.address() + ":" + OWN_SERVICE.get("orders") + "/";
    world.probe.await(own, "\"service\":\"orders\"", LIMIT);
    load(own, SMALL_CALLS);
    load(own + LARGE, LARGE_CALLS);
    var _ =
        processes.runQuietly(
            withTraining(world.east.environment(), "cli"), "hawser", "endpoints", "orders.shop");
    for (String name : List.of("vm-1", orders.proxy(), "east")) {
      processes.stop(name, LIMIT);
    }
  }

  private static void load(String url, int calls) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(LIMIT).build();
    AtomicInteger left = new AtomicInteger(calls);
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> tasks =
          Collections.nCopies(
              CALLERS,
              () -> {
                int status = 200;
                while (status == 200 && left.getAndDecrement() > 0) {
                  status =
                      client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
                }
                return status;
              });
      for (Future<Integer> task : callers.invokeAll(tasks)) {
        if (task.get() != 200) {
          throw new IOException(url + " answered " + task.get() + " (expected: 200)");
        }
      }
    } catch (ExecutionException e) {
      throw new IOException(url + " could not be called", e.getCause());
    }
  }

  private void startAgent(Path dataDir) throws IOException, InterruptedException {
    Processes processes = world.processes;
    world.startVmApplication("billing", "billing", VmJob.ADDRESS, Map.of());
    String invited =
        processes.runQuietly(world.east.environment(), VmJob.INVITE.toArray(String[]::new));
    var _ =
        processes.runQuietly(
            Map.of(), VmJob.join(World.token(invited), dataDir).toArray(String[]::new));
    processes.start("vm-1", Map.of(TRAIN, "vm-agent"), VmJob.run(dataDir));
  }

  private String issue(String serviceAccount) throws IOException, InterruptedException {
    return world.issueToken(world.east, serviceAccount);
  }

  private static Map<String, String> withTraining(Map<String, String> environment, String name) {
    Map<String, String> all = new java.util.HashMap<>(environment);
    all.put(TRAIN, name);
    return all;
  }
}
