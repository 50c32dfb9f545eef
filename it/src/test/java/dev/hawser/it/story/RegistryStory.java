package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.examples.load.SteadyLoad;
import dev.hawser.examples.load.Tally;
import dev.hawser.it.harness.Member;
import dev.hawser.it.harness.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Story 9: restarts take nothing away, a registry that suddenly reports nothing is held, and a real
 * end is an end.
 */
@ExtendWith(WithTwoClusters.class)
final class RegistryStory {
  private static final int RESTARTS = 20;

  @Test
  void twentyRestartsOfEachControlPlaneAndOfConsulDeregisterNothing(TwoClusters mesh)
      throws InterruptedException {
    mesh.applyInEast("share", SharePolicy.orders(50, 50));
    try (SteadyLoad load = mesh.load(50)) {
      Watch.until(
          "both clusters serve",
          load,
          Instant.now(),
          Duration.ofSeconds(40),
          Watch.shareOf("west", 0.3));
      Instant start = Instant.now();
      int fewest = Integer.MAX_VALUE;
      for (int i = 0; i < RESTARTS; i++) {
        for (Member member : new Member[] {mesh.east, mesh.west}) {
          member.controlPlane().kill();
          member.controlPlane().restart();
          member.awaitReady(Duration.ofSeconds(30));
        }
        mesh.consul.killAndRestart();
        fewest = Math.min(fewest, slotsKnownToWeb(mesh));
      }
      TimeUnit.SECONDS.sleep(5);
      Tally all = load.stop();
      Report.line(
          "9 %d restarts of each control plane and of Consul in %s: %s; fewest endpoints of orders that web knew: %d",
          RESTARTS, Report.seconds(Duration.between(start, Instant.now())), all, fewest);
      assertThat(all.failed()).isEmpty();
      // Two of east, and four of west behind two gateways each.
      assertThat(fewest).isEqualTo(10);
    } finally {
      mesh.deleteInEast("share");
    }
  }

  @Test
  void aRegistryThatSuddenlyReportsNothingIsHeldAndShownUntilItIsAccepted(TwoClusters mesh) {
    for (String id : mesh.consul.registered()) {
      mesh.consul.deregister(id);
    }
    Awaitility.await("the hold is shown")
        .atMost(Duration.ofSeconds(20))
        .until(() -> mesh.west.tryHawser("cluster", "status").output().contains("HELD"));
    String check = mesh.west.tryHawser("check").output();
    Report.line(
        "9 Consul reports nothing: %s",
        check.lines().filter(line -> line.contains("accept")).findFirst().orElse(check));
    assertThat(check).contains("hawser registry accept");
    assertThat(slotsKnownToWeb(mesh)).isEqualTo(10);
    mesh.awaitAnswer("payments", "\"instance\":\"payments-1\"", Duration.ofSeconds(5));

    mesh.west.hawser("registry", "accept", "consul/dc1");
    Awaitility.await("what was held is gone")
        .atMost(Duration.ofSeconds(15))
        .until(() -> slotsKnownToWeb(mesh) == 2);
    Report.line("9 after `hawser registry accept consul/dc1` web knows only east's orders");

    restoreConsul(mesh);
  }

  @Test
  void aRealScaleToZeroLeavesEveryPool(TwoClusters mesh) {
    Pod payments = mesh.payments;
    Instant scaled = Instant.now();
    mesh.consul.deregister(payments.name());
    Awaitility.await("payments is gone")
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> Calls.get(mesh.seenByWeb("payments")).status() == 503);
    Report.line(
        "9 payments scaled to zero: out of web's pool after %s",
        Report.seconds(Duration.between(scaled, Instant.now())));

    restoreConsul(mesh);
    mesh.awaitAnswer("payments", "\"instance\":\"payments-1\"", Duration.ofSeconds(20));
  }

  private static void restoreConsul(TwoClusters mesh) {
    mesh.westOrders.forEach(pod -> register(mesh, pod));
    register(mesh, mesh.payments);
    Awaitility.await("west's instances are back")
        .atMost(Duration.ofSeconds(60))
        .until(() -> slotsKnownToWeb(mesh) == 10);
  }

  private static void register(TwoClusters mesh, Pod pod) {
    mesh.consul.register(
        pod.service(),
        pod.name(),
        pod.address(),
        8080,
        Map.of("hawser-export", "true", "hawser-protocol", "http"));
  }

  /**
   * Counts the endpoints of orders in web's own proxy: an address behind two gateways counts twice.
   */
  private static int slotsKnownToWeb(TwoClusters mesh) {
    String clusters = Calls.get("http://" + mesh.web.address() + ":15000/clusters").body();
    return (int)
        java.util.regex.Pattern.compile("p8080\\.orders\\.shop\\.(east|west)\\.mesh\\.internal")
            .matcher(clusters)
            .results()
            .count();
  }
}
