package dev.hawser.examples.demo;

import dev.hawser.examples.load.Sample;
import dev.hawser.examples.load.SteadyLoad;
import dev.hawser.examples.load.Tally;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Job 3: calls survive the loss of what serves them, and come home calmly. */
final class FailoverJob {
  private static final int PER_SECOND = 100;
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final Duration HOME = Duration.ofSeconds(40);

  private static final String BOTH =
      """
      apiVersion: networking.istio.io/v1
      kind: DestinationRule
      metadata: {name: orders, namespace: shop}
      spec:
        host: orders.shop.svc.cluster.local
        trafficPolicy:
          loadBalancer:
            localityLbSetting:
              enabled: true
              distribute:
              - from: "east/*"
                to: {"east/*": 50, "west/*": 50}
      """;

  private final World world;
  private final Narrator narrator;
  private final List<String> table = new ArrayList<>();

  FailoverJob(World world) {
    this.world = world;
    narrator = world.narrator;
  }

  void run() throws IOException, InterruptedException {
    narrator.chapter("Job 3: cross-cluster failover");
    narrator.says(
        "web asks orders " + PER_SECOND + " times a second; orders runs in east and in west");
    table.add(
        String.format(
            "%-34s %6s %6s  %-24s %-10s %s",
            "fault", "sent", "failed", "answered by", "slowest", "traffic home"));
    try (SteadyLoad load =
        SteadyLoad.start(URI.create(world.seenByWeb("orders")), Map.of(), PER_SECOND, DEADLINE)) {
      narrator.promise(isSecondGatewayReady(), "west has two gateways");
      promiseSoon("all answers come from east while east is healthy", load, onlyFrom("east"));
      killLocalOrders(load);
      Path both = Files.writeString(world.file("orders-both.yaml"), BOTH);
      world.processes.run(world.east.environment(), "hawser", "apply", "-f", both.toString());
      promiseSoon(
          "half of the answers come from west, as the rule says", load, shareOf("west", 0.3));
      killGateway(load);
      freezeWest(load);
      world.processes.run(world.east.environment(), "hawser", "delete", "-f", both.toString());
      load.stop();
    }
    narrator.chapter("What became of the requests");
    table.forEach(line -> narrator.shows(line));
  }

  private void killLocalOrders(SteadyLoad load) throws IOException, InterruptedException {
    Instant start = Instant.now();
    narrator.says("kill -9 of every orders in east, applications and proxies");
    for (Workload orders : world.eastOrders) {
      world.kill(orders);
    }
    TimeUnit.SECONDS.sleep(2);
    Instant back = Instant.now();
    for (Workload orders : world.eastOrders) {
      world.restart(orders);
    }
    narrator.says("both are started again; traffic waits until they have been stable");
    Duration home = awaitHome(load, back, onlyFrom("east"));
    report("every orders in east killed", load.tally().between(start, Instant.now()), home);
  }

  private void killGateway(SteadyLoad load) throws IOException, InterruptedException {
    Instant start = Instant.now();
    narrator.says("kill -9 of west's gateway " + world.west.gateway(2) + " while west serves");
    world.processes.kill(world.west.gatewayProcess(2));
    TimeUnit.SECONDS.sleep(2);
    Tally during = load.tally().between(start, Instant.now());
    narrator.promise(
        during.byCluster().getOrDefault("west", 0L) > 0,
        "west kept serving through its other gateway");
    Instant back = Instant.now();
    world.processes.restart(world.west.gatewayProcess(2));
    Duration home = awaitHome(load, back, shareOf("west", 0.3));
    narrator.promise(isSecondGatewayReady(), "the gateway is back and ready");
    report("one of west's gateways killed", load.tally().between(start, Instant.now()), home);
  }

  private boolean isSecondGatewayReady() throws InterruptedException {
    return world.isAnswering("http://" + world.west.gatewayAdmin(2) + "/ready", HOME);
  }

  private void freezeWest(SteadyLoad load) throws IOException, InterruptedException {
    List<ProcessHandle> west = new ArrayList<>();
    west.addAll(world.processes.family("west"));
    west.addAll(world.processes.family(world.west.gatewayProcess(2)));
    for (Workload workload : List.of(world.westOrders, world.payments)) {
      west.addAll(world.processes.family(workload.application()));
      west.addAll(world.processes.family(workload.proxy()));
    }
    narrator.promise(
        shareOf("west", 0.3).test(lastSecond(load)), "west serves before it is frozen");
    Instant start = Instant.now();
    narrator.says(
        "SIGSTOP of all " + west.size() + " processes of west, in the middle of requests");
    world.processes.signal("STOP", west);
    Instant back;
    try {
      TimeUnit.SECONDS.sleep(4);
    } finally {
      back = Instant.now();
      world.processes.signal("CONT", west);
    }
    narrator.says("SIGCONT");
    Duration home = awaitHome(load, back, shareOf("west", 0.3));
    report("west frozen while it serves", load.tally().between(start, Instant.now()), home);
  }

  /** Waits until a second's worth of traffic is as it was before the fault. */
  private Duration awaitHome(SteadyLoad load, Instant since, Predicate<Tally> normal)
      throws InterruptedException {
    boolean home = Probe.becomes(() -> normal.test(lastSecond(load)), HOME);
    Duration took = Duration.between(since, Instant.now());
    narrator.promise(
        home, "traffic is as before " + Narrator.seconds(took) + " after the fault was undone");
    return took;
  }

  private void promiseSoon(String statement, SteadyLoad load, Predicate<Tally> state)
      throws InterruptedException {
    narrator.promise(Probe.becomes(() -> state.test(lastSecond(load)), HOME), statement);
  }

  private void report(String fault, Tally tally, Duration home) {
    for (Sample failed : tally.failed().stream().limit(3).toList()) {
      narrator.says("failed: " + failed);
    }
    narrator.promise(
        tally.failed().isEmpty(),
        fault + ": " + tally.failed().size() + " of " + tally.sent() + " requests failed");
    table.add(
        String.format(
            "%-34s %6d %6d  %-24s %-10s %s",
            fault,
            tally.sent(),
            tally.failed().size(),
            tally.byCluster(),
            tally.slowest().toMillis() + " ms",
            Narrator.seconds(home)));
  }

  /**
   * Returns what was sent in the second before the last half second, whose answers may still be on
   * their way.
   */
  private static Tally lastSecond(SteadyLoad load) {
    Instant end = Instant.now().minusMillis(500);
    return load.tally().between(end.minusSeconds(1), end);
  }

  private static Predicate<Tally> onlyFrom(String cluster) {
    return tally ->
        tally.sent() > PER_SECOND / 2
            && tally.byCluster().keySet().equals(java.util.Set.of(cluster));
  }

  private static Predicate<Tally> shareOf(String cluster, double atLeast) {
    return tally ->
        tally.sent() > PER_SECOND / 2
            && tally.byCluster().getOrDefault(cluster, 0L) >= atLeast * tally.sent();
  }
}
