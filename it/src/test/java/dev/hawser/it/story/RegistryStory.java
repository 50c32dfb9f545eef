package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.examples.load.SteadyLoad;
import dev.hawser.examples.load.Tally;
import dev.hawser.it.harness.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Story 9: restarts take nothing away, a registry that suddenly reports nothing is held, and a real
 * end is an end.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(WithTwoClusters.class)
final class RegistryStory {
  private static final int ROUNDS = 20;
  private static final Duration READY = Duration.ofMinutes(2);

  @Test
  @Order(2)
  void twentyRestartsOfEachControlPlaneAndOfConsulDeregisterNothing(TwoClusters mesh)
      throws InterruptedException {
    mesh.applyInEast("share", SharePolicy.orders(50, 50));
    try (SteadyLoad load = mesh.load(50);
        Fewest fewest = new Fewest(mesh)) {
      Watch.until(
          "both clusters serve",
          load,
          Instant.now(),
          Duration.ofSeconds(40),
          Watch.shareOf("west", 0.3));
      Instant start = Instant.now();
      for (int round = 0; round < ROUNDS; round++) {
        restartAll(mesh, round % 2 == 0);
      }
      Awaitility.await("nothing is held any more")
          .atMost(Duration.ofSeconds(30))
          .until(() -> !mesh.west.tryHawser("cluster", "status").output().contains("HELD"));
      TimeUnit.SECONDS.sleep(5);
      Tally all = load.stop();
      Report.line(
          "9 %d restarts of each control plane and of Consul, by SIGKILL and SIGTERM, in %s: %s; fewest endpoints of orders that web knew: %d of %d, asked %d times",
          ROUNDS,
          Report.seconds(Duration.between(start, Instant.now())),
          all,
          fewest.slots(),
          TwoClusters.ALL_SLOTS,
          fewest.asked());
      assertThat(all.failed()).isEmpty();
      assertThat(all.byCluster()).containsKeys("east", "west");
      assertThat(fewest.trouble()).isEmpty();
      assertThat(fewest.asked()).isGreaterThan(ROUNDS);
      assertThat(fewest.slots()).isEqualTo(TwoClusters.ALL_SLOTS);
    } finally {
      mesh.deleteInEast("share");
    }
  }

  /** One round: all three at once, and it ends when all are ready again. */
  private static void restartAll(TwoClusters mesh, boolean kill) {
    try (AtOnce atOnce = new AtOnce()) {
      List<Future<?>> restarts =
          List.of(
              atOnce.begin(() -> mesh.east.restartControlPlane(kill, READY)),
              atOnce.begin(() -> mesh.west.restartControlPlane(kill, READY)),
              atOnce.begin(() -> {
                mesh.consul.restart(kill);
                mesh.consul.beat();
              }));
      restarts.forEach(AtOnce::result);
    }
  }

  @Test
  @Order(1)
  void aRegistryThatSuddenlyReportsNothingIsHeldAndShownUntilItIsAccepted(TwoClusters mesh) {
    mesh.consul.loseEverything();
    Awaitility.await("the hold is shown")
        .atMost(Duration.ofSeconds(40))
        .until(() -> mesh.west.tryHawser("cluster", "status").output().contains("HELD"));
    String check = mesh.west.tryHawser("check").output();
    Report.line(
        "9 Consul came back empty: %s",
        check.lines().filter(line -> line.contains("accept")).findFirst().orElse(check).strip());
    assertThat(check).contains("hawser registry accept");
    assertThat(mesh.slotsKnownToWeb()).isEqualTo(TwoClusters.ALL_SLOTS);
    mesh.awaitAnswer("payments", "\"instance\":\"payments-1\"", Duration.ofSeconds(5));

    mesh.west.hawser("registry", "accept", "consul/dc1");
    Instant accepted = Instant.now();
    Awaitility.await("what was held is gone")
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> mesh.slotsKnownToWeb() == 2);
    Report.line(
        "9 %s after `hawser registry accept consul/dc1` web knows only east's orders",
        Report.seconds(Duration.between(accepted, Instant.now())));

    mesh.westOrders.forEach(pod -> mesh.register(pod, "http", "true"));
    mesh.register(mesh.payments, "http", "true");
    Awaitility.await("west's instances are back")
        .atMost(Duration.ofSeconds(60))
        .until(() -> mesh.slotsKnownToWeb() == TwoClusters.ALL_SLOTS);
    mesh.awaitAnswer("payments", "\"instance\":\"payments-1\"", Duration.ofSeconds(20));
  }

  @Test
  @Order(3)
  void aRealScaleToZeroLeavesEveryPool(TwoClusters mesh) {
    Pod payments = mesh.payments;
    mesh.awaitAnswer("payments", "\"instance\":\"payments-1\"", Duration.ofSeconds(20));
    Instant scaled = Instant.now();
    mesh.consul.deregister(payments.name());
    Awaitility.await("payments is gone")
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> Calls.get(mesh.seenByWeb("payments")).status() == 503);
    Report.line(
        "9 payments scaled to zero: out of web's pool after %s",
        Report.seconds(Duration.between(scaled, Instant.now())));
    assertThat(mesh.slotsKnownToWeb()).as("orders stay").isEqualTo(TwoClusters.ALL_SLOTS);

    mesh.register(payments, "http", "true");
    mesh.awaitAnswer("payments", "\"instance\":\"payments-1\"", Duration.ofSeconds(20));
  }

  /** Asks web's proxy all the time how many endpoints it knows, and keeps the smallest answer. */
  private static final class Fewest implements AutoCloseable {
    private final TwoClusters mesh;
    private volatile int slots = Integer.MAX_VALUE;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile String trouble = "";
    private volatile boolean over;

    Fewest(TwoClusters mesh) {
      this.mesh = mesh;
      var _ = Thread.ofPlatform().daemon().name("fewest").start(this::watch);
    }

    private void watch() {
      try {
        while (!over) {
          slots = Math.min(slots, mesh.slotsKnownToWeb());
          asked.incrementAndGet();
          TimeUnit.MILLISECONDS.sleep(200);
        }
      } catch (InterruptedException _) {
        trouble = "interrupted";
      } catch (AssertionError e) {
        trouble = e.toString();
      }
    }

    /** Why it stopped asking; empty if it did not. */
    String trouble() {
      return trouble;
    }

    int slots() {
      return slots;
    }

    int asked() {
      return asked.get();
    }

    @Override
    public void close() {
      over = true;
    }
  }
}
