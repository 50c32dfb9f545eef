package dev.hawser.examples.demo;

import java.io.IOException;
import java.time.Duration;

/** Job 1: two clusters become one mesh with two commands. */
final class JoinJob {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final World world;

  JoinJob(World world) {
    this.world = world;
  }

  void run() throws IOException, InterruptedException {
    Narrator narrator = world.narrator;
    narrator.chapter("Job 1: join a cluster to a federation");
    narrator.says(
        "payments runs only in west; web in east asks for it: status "
            + world.probe.status(world.seenByWeb("payments")));

    long start = System.nanoTime();
    String token = World.token(world.processes.run(world.east.environment(), "hawser", "invite"));
    world.processes.run(world.west.environment(), "hawser", "join", token);
    world.probe.await(world.seenByWeb("payments"), "\"instance\":\"payments\"", LIMIT);
    Duration took = Duration.ofNanos(System.nanoTime() - start);

    narrator.promise(
        took.compareTo(LIMIT) < 0,
        "web got its first answer from payments in west "
            + Narrator.seconds(took)
            + " after the first command");
    world.processes.run(world.east.environment(), "hawser", "federation", "status");
    world.processes.run(world.east.environment(), "hawser", "endpoints", "payments.shop");
  }
}
