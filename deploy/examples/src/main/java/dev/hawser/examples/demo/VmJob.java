package dev.hawser.examples.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Job 2: a machine outside of any cluster serves the mesh and is served by it. */
final class VmJob {
  static final String ADDRESS = "127.3.0.1";
  static final List<String> INVITE =
      List.of(
          "hawser",
          "vm",
          "invite",
          "vm-1",
          "--service",
          "billing.shop",
          "--port",
          "http:8080/http");

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final World world;

  VmJob(World world) {
    this.world = world;
  }

  void run() throws IOException, InterruptedException {
    Narrator narrator = world.narrator;
    narrator.chapter("Job 2: bring in a VM");
    narrator.says(
        "vm-1 runs billing, an application that listens on " + ADDRESS + ":8080 and calls orders");
    world.startVmApplication("billing", "billing", ADDRESS, Map.of("orders", 9001));
    Path dataDir = world.file("vm-1");

    long start = System.nanoTime();
    String token =
        World.token(world.processes.run(world.east.environment(), INVITE.toArray(String[]::new)));
    world.processes.run(Map.of(), join(token, dataDir).toArray(String[]::new));
    List<String> run = run(dataDir);
    narrator.types(run);
    narrator.says("(on a real VM, systemd runs this one and starts it again after a reboot)");
    world.processes.start("vm-1", Map.of(), run);

    String answer =
        world.probe.await(
            world.seenByWeb("billing") + "via/orders", "\"service\":\"orders\"", LIMIT);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    narrator.promise(
        took.compareTo(LIMIT) < 0,
        "web called billing on the VM, and billing called orders, "
            + Narrator.seconds(took)
            + " after the first command");
    narrator.shows(answer);
    world.processes.run(Map.of(), "hawser-agent", "status", "--data-dir", dataDir.toString());
  }

  static List<String> join(String token, Path dataDir) {
    return List.of(
        "hawser-agent",
        "join",
        token,
        "--data-dir",
        dataDir.toString(),
        "--address",
        ADDRESS,
        "--app-host",
        ADDRESS,
        "--upstream",
        "orders.shop:8080=" + ADDRESS + ":9001",
        "--health",
        "billing.shop=http://" + ADDRESS + ":8080/count");
  }

  static List<String> run(Path dataDir) {
    return List.of("hawser-agent", "run", "--data-dir", dataDir.toString());
  }
}
