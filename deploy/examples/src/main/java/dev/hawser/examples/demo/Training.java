package dev.hawser.examples.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Runs each program once as a user would and ends it in peace, so that it leaves a cache of the
 * classes that it loaded. The start of a program spends about half of its work on loading them.
 */
public final class Training {
  private static final String TRAIN = "HAWSER_AOT_TRAIN";
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final int CALLS = 50;

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

    Workload orders = world.eastOrders.getFirst();
    world.startWorkload(world.web, issue("web"), Map.of());
    world.startWorkload(orders, issue("orders"), Map.of(TRAIN, "sidecar-proxy"));
    startAgent(folder.resolve("vm-1"));
    for (int i = 0; i < CALLS; i++) {
      world.probe.await(world.seenByWeb("orders"), "\"service\":\"orders\"", LIMIT);
      world.probe.await(world.seenByWeb("billing"), "\"service\":\"billing\"", LIMIT);
    }
    var _ =
        processes.runQuietly(
            withTraining(world.east.environment(), "cli"), "hawser", "endpoints", "orders.shop");
    for (String name : List.of("vm-1", orders.proxy(), "east")) {
      processes.stop(name, LIMIT);
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
