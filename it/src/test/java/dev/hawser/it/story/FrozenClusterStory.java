package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.examples.load.SteadyLoad;
import dev.hawser.examples.load.Tally;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Story 5: a whole cluster stops dead in the middle of requests; then only its control plane does.
 */
@ExtendWith(WithTwoClusters.class)
final class FrozenClusterStory {
  private static final Duration GONE = Duration.ofSeconds(10);

  @Test
  void aFrozenClusterCostsNoGetAndComesBackByItself(TwoClusters mesh) throws InterruptedException {
    mesh.applyInEast("share", SharePolicy.orders(60, 40));
    Pod second = mesh.eastOrders.get(1);
    second.kill();
    try (SteadyLoad load = mesh.load(100)) {
      Watch.until(
          "west serves its share",
          load,
          Instant.now(),
          Duration.ofSeconds(40),
          Watch.shareOf("west", 0.3));
      Tally before = Watch.lastSecond(load);
      Instant frozen = Instant.now();
      List<Managed> west = everythingIn(mesh);
      west.forEach(Managed::freeze);
      TimeUnit.SECONDS.sleep(15);
      Instant thawed = Instant.now();
      west.forEach(Managed::thaw);
      Duration live = awaitState(mesh, "LIVE", thawed, Duration.ofSeconds(10));
      Duration home =
          Watch.until(
              "west serves again",
              load,
              thawed,
              Duration.ofSeconds(60),
              Watch.shareOf("west", 0.3));
      Tally all = load.stop();

      Tally during = all.between(frozen, thawed);
      Tally late = all.between(frozen.plus(GONE), thawed);
      Report.line(
          "5 west frozen: before %s; while frozen %s; LIVE %s and its share back %s after it was thawed",
          before.byCluster(), during, Report.seconds(live), Report.seconds(home));
      assertThat(before.byCluster().getOrDefault("west", 0L))
          .as("west served before the freeze")
          .isPositive();
      assertThat(all.failed()).isEmpty();
      assertThat(late.slowest())
          .as("nothing waits for west any more")
          .isLessThan(Duration.ofMillis(900));
      assertThat(late.byCluster()).doesNotContainKey("west");
    } finally {
      second.restart();
      mesh.deleteInEast("share");
    }
  }

  @Test
  void aFrozenControlPlaneStopsNoTrafficAndIsShown(TwoClusters mesh) throws InterruptedException {
    mesh.applyInEast("share", SharePolicy.orders(50, 50));
    try (SteadyLoad load = mesh.load(100)) {
      Watch.until(
          "west serves its share",
          load,
          Instant.now(),
          Duration.ofSeconds(40),
          Watch.shareOf("west", 0.3));
      Instant frozen = Instant.now();
      mesh.west.controlPlane().freeze();
      Duration noticed = awaitState(mesh, "CONTROL_LOST", frozen, Duration.ofSeconds(15));
      TimeUnit.SECONDS.sleep(5);
      String status = mesh.east.tryHawser("federation", "status").output();
      Tally during = load.tally().between(frozen, Instant.now().minusMillis(500));
      mesh.west.controlPlane().thaw();
      Duration live = awaitState(mesh, "LIVE", Instant.now(), Duration.ofSeconds(10));
      load.stop();

      Report.line(
          "5 west's control plane frozen: %s; CONTROL_LOST after %s, LIVE again after %s",
          during, Report.seconds(noticed), Report.seconds(live));
      Report.line(
          "5 status said: %s",
          status.lines().filter(line -> line.contains("west")).findFirst().orElse(""));
      assertThat(during.failed()).isEmpty();
      assertThat(Watch.shareOf("west", 0.3).test(during)).as("west kept its share").isTrue();
      assertThat(status).contains("CONTROL_LOST").containsPattern("\\d+s");
    } finally {
      mesh.west.controlPlane().thaw();
      mesh.deleteInEast("share");
    }
  }

  private static List<Managed> everythingIn(TwoClusters mesh) {
    List<Managed> west = new ArrayList<>(mesh.west.gateways());
    west.add(mesh.west.controlPlane());
    west.add(mesh.consul.process());
    List<Pod> pods = new ArrayList<>(mesh.westOrders);
    pods.add(mesh.payments);
    pods.forEach(pod -> {
      west.add(pod.proxy());
      west.add(pod.application());
    });
    return west;
  }

  private static Duration awaitState(
      TwoClusters mesh, String state, Instant since, Duration atMost) {
    Awaitility.await("west is " + state)
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> mesh.east.get("/v1/federation").contains("\"" + state + "\""));
    return Duration.between(since, Instant.now());
  }
}
