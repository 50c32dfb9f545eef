package dev.hawser.examples.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Walks through the three jobs, then stays until Ctrl-C, or ends with {@code --once}. */
public final class Demo {
  private Demo() {}

  /**
   * Runs the demo.
   *
   * @param args {@code --home DIR} (a built checkout) and optionally {@code --once}; the exit code
   *     is 1 if a promise was missed
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> arguments = List.of(args);
    int home = arguments.indexOf("--home");
    if (home < 0 || home + 1 >= args.length) {
      System.err.println("usage: demo --home DIR [--once]");
      System.exit(2);
    }
    boolean once = arguments.contains("--once");
    Path checkout = Path.of(args[home + 1]).toRealPath();
    Path folder = Folder.fresh(checkout.resolve("target/demo"));
    Narrator narrator = new Narrator();
    List<String> missed;
    World world = new World(checkout, folder, narrator);
    Thread stop = new Thread(world::close, "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    missed = walk(world);
    if (!once) {
      stay(world, folder);
    }
    Runtime.getRuntime().removeShutdownHook(stop);
    world.close();
    missed.forEach(promise -> System.out.println("MISSED: " + promise));
    System.exit(missed.isEmpty() ? 0 : 1);
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  private static List<String> walk(World world) throws InterruptedException {
    long start = System.nanoTime();
    if (isDone(world, () -> comeUp(world))) {
      // A job that fails does not hide what becomes of the others.
      for (Step job :
          List.<Step>of(
              new JoinJob(world)::run,
              () -> world.startGateway(world.west, 2),
              new VmJob(world)::run,
              new FailoverJob(world)::run)) {
        var _ = isDone(world, job);
      }
    }
    world.narrator.says(
        "the walk took " + Narrator.seconds(Duration.ofNanos(System.nanoTime() - start)));
    return world.narrator.missed();
  }

  private static boolean isDone(World world, Step step) throws InterruptedException {
    try {
      step.run();
      return true;
    } catch (IOException e) {
      world.narrator.promise(false, e.toString());
      return false;
    }
  }

  private static void comeUp(World world) throws IOException, InterruptedException {
    world.narrator.chapter(
        "Two clusters come up, each with its own control plane and east-west gateway");
    world.writeServices();
    world.startCluster(world.east);
    world.startCluster(world.west);
    world.awaitCluster(world.east);
    world.awaitCluster(world.west);
    List<Workload> workloads =
        new ArrayList<>(List.of(world.web, world.payments, world.westOrders));
    workloads.addAll(world.eastOrders);
    world.startWorkloads(workloads);
    world.probe.await(world.seenByWeb("orders"), "\"cluster\":\"east\"", Duration.ofSeconds(60));
    world.narrator.says("web calls orders in its own cluster");
  }

  private static void stay(World world, Path folder) throws InterruptedException {
    Narrator narrator = world.narrator;
    narrator.chapter("Everything stays up; Ctrl-C stops it");
    narrator.shows("curl " + world.seenByWeb("orders") + "            web calls orders");
    narrator.shows(
        "curl " + world.seenByWeb("payments") + "            web calls payments in west");
    narrator.shows(
        "curl "
            + world.seenByWeb("billing")
            + "via/orders  web calls billing on the VM, which calls orders");
    narrator.shows(
        "curl http://" + world.web.address() + ":15000/clusters     what web's proxy knows");
    narrator.shows(
        "export HAWSER_DATA_DIR="
            + world.east.dataDir()
            + "   then: bin/hawser services, endpoints, federation status, check");
    narrator.shows("logs: " + folder.resolve("log"));
    new CountDownLatch(1).await();
  }
}
