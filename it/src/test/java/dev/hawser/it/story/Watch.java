package dev.hawser.it.story;

import dev.hawser.examples.load.SteadyLoad;
import dev.hawser.examples.load.Tally;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** Watches a stream of requests for a state, a second's worth at a time. */
final class Watch {
  private Watch() {}

  /**
   * Waits until a second's worth of requests is in a state, and says how long that took from an
   * instant on.
   */
  static Duration until(
      String what, SteadyLoad load, Instant since, Duration atMost, Predicate<Tally> state) {
    Awaitility.await(what)
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> state.test(lastSecond(load)));
    return Duration.between(since, Instant.now());
  }

  /**
   * Returns what was sent in the second before the last half second, whose answers may still be on
   * their way.
   */
  static Tally lastSecond(SteadyLoad load) {
    Instant end = Instant.now().minusMillis(500);
    return load.tally().between(end.minusSeconds(1), end);
  }

  static Predicate<Tally> onlyFrom(String cluster) {
    return tally ->
        tally.sent() >= 20 && tally.byCluster().keySet().equals(java.util.Set.of(cluster));
  }

  static Predicate<Tally> shareOf(String cluster, double atLeast) {
    return tally ->
        tally.sent() >= 20 && tally.byCluster().getOrDefault(cluster, 0L) >= atLeast * tally.sent();
  }
}
