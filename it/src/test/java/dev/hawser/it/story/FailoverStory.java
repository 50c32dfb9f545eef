package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.examples.load.SteadyLoad;
import dev.hawser.examples.load.Tally;
import dev.hawser.it.harness.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Story 3: the local copies die and come back, and one remote copy goes bad. */
@ExtendWith(WithTwoClusters.class)
final class FailoverStory {
  private static final int PER_SECOND = 200;
  private static final Duration STABILITY = Duration.ofSeconds(10);

  @Test
  void noGetFailsWhenEveryLocalCopyIsKilledAndTrafficComesHomeCalmly(TwoClusters mesh)
      throws InterruptedException {
    try (SteadyLoad load = mesh.load(PER_SECOND)) {
      Watch.until(
          "east serves", load, Instant.now(), Duration.ofSeconds(30), Watch.onlyFrom("east"));
      Instant killed = Instant.now();
      mesh.eastOrders.forEach(Pod::kill);
      Watch.until("west serves", load, killed, Duration.ofSeconds(10), Watch.onlyFrom("west"));
      Tally during = load.tally().between(killed, Instant.now());
      Instant firstFromWest =
          during.firstAfter(killed, sample -> sample.cluster().equals("west")).orElseThrow();
      // The kubelet notices late, so that what is seen here is the proxy's doing.
      TimeUnit.SECONDS.sleep(10);
      mesh.eastOrders.forEach(pod -> mesh.kubelet.ready("shop", pod.name(), false));
      TimeUnit.SECONDS.sleep(1);

      Instant back = Instant.now();
      mesh.eastOrders.forEach(Pod::restart);
      mesh.eastOrders.forEach(pod -> mesh.kubelet.ready("shop", pod.name(), true));
      Duration home =
          Watch.until(
              "east serves again", load, back, Duration.ofSeconds(60), Watch.onlyFrom("east"));
      Tally all = load.stop();

      Instant firstHome =
          all.firstAfter(back, sample -> sample.cluster().equals("east")).orElseThrow();
      Report.line(
          "3 local copies killed: %s; first answer from west after %d ms; first at home %s after the restart, all at home after %s",
          all,
          Duration.between(killed, firstFromWest).toMillis(),
          Report.seconds(Duration.between(back, firstHome)),
          Report.seconds(home));
      assertThat(all.failed()).isEmpty();
      assertThat(Duration.between(back, firstHome))
          .as("no traffic before the stability wait")
          .isGreaterThan(STABILITY.minusSeconds(1));
    }
  }

  @Test
  void onlyTheInstanceThatAnswers503IsEjected(TwoClusters mesh) throws InterruptedException {
    Pod bad = mesh.westOrders.get(1);
    mesh.applyInEast("only-west", SharePolicy.orders(0, 100));
    try (SteadyLoad load = mesh.load(PER_SECOND)) {
      Watch.until(
          "all four of west serve",
          load,
          Instant.now(),
          Duration.ofSeconds(40),
          tally -> tally.byInstance().size() == 4);
      Instant broken = Instant.now();
      Calls.post("http://" + bad.address() + ":8080/status/503");
      Watch.until(
          "the bad one is ejected",
          load,
          broken,
          Duration.ofSeconds(20),
          tally ->
              tally.sent() > PER_SECOND / 2
                  && tally.failed().isEmpty()
                  && !tally.byInstance().containsKey(bad.name()));
      Instant ejected = Instant.now();
      TimeUnit.SECONDS.sleep(3);
      Tally after = load.tally().between(ejected, Instant.now().minusMillis(500));
      Tally until = load.tally().between(broken, ejected);
      Report.line(
          "3 one of four answers 503: %d of its answers were seen before it was ejected; after that %s",
          until.failed().size(), after.byInstance());
      assertThat(after.failed()).isEmpty();
      assertThat(after.byInstance()).hasSize(3).doesNotContainKey(bad.name());
    } finally {
      Calls.post("http://" + bad.address() + ":8080/status/200");
      mesh.deleteInEast("only-west");
    }
  }
}
