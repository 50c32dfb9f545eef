package dev.hawser.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Locality;
import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.balance.HealthBook;
import dev.hawser.proxy.http.Pings;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.Balancing;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.HealthCheck;
import dev.hawser.proxy.model.OutlierPolicy;
import dev.hawser.proxy.model.UpstreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When checks are due, and how many it takes to change an endpoint's state. */
class CheckWatchTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final int MANY = 200;

  /** The five intervals are told apart by their lengths. */
  private static final HealthCheck.Pace PACE =
      new HealthCheck.Pace(
          Duration.ofSeconds(10),
          Duration.ofSeconds(20),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(60),
          Duration.ofSeconds(40),
          Duration.ZERO,
          Duration.ZERO,
          0);

  private final Endpoint endpoint = endpoint();
  private long now = 1_000 * SECOND;

  private Endpoint endpoint() {
    EndpointConfig config =
        new EndpointConfig(
            new Address("10.0.0.1", 8080),
            "",
            Locality.UNKNOWN,
            1,
            EndpointConfig.Health.HEALTHY,
            "",
            EndpointConfig.NO_SLOT,
            0,
            false,
            "");
    EndpointSet set =
        new EndpointSet(
            "orders", List.of(new EndpointSet.Group(Locality.UNKNOWN, 0, 0, List.of(config))), 140);
    Balancer balancer =
        new Balancer(
            new UpstreamConfig(
                "orders",
                new UpstreamConfig.Endpoints.Fixed(set),
                Duration.ofSeconds(1),
                Balancing.by(new Balancing.Method.RoundRobin()),
                new UpstreamConfig.Security.Plaintext(),
                UpstreamConfig.Protocol.HTTP1,
                Pings.never(),
                Optional.empty(),
                OutlierPolicy.off(),
                UpstreamConfig.Limits.defaults(),
                UpstreamConfig.ConnectionRules.none(),
                List.of(),
                Duration.ZERO,
                new UpstreamConfig.Destination("orders", "shop", 8080)),
            new HealthBook(),
            () -> now);
    balancer.update(set);
    return balancer.endpoints().getFirst();
  }

  private static HealthCheck check(HealthCheck.Pace pace) {
    return new HealthCheck(
        new HealthCheck.Kind.Tcp(Optional.empty(), List.of()), Duration.ofSeconds(1), pace, 3, 2);
  }

  private static HealthCheck.Pace jittered(Duration initial, Duration jitter, int percent) {
    Duration ten = Duration.ofSeconds(10);
    return new HealthCheck.Pace(ten, ten, ten, ten, ten, ten, initial, jitter, percent);
  }

  /** Returns after how many nanoseconds the next check begins; it then runs. */
  private long untilNext(CheckWatch watch) {
    return watch.begin(now, Long.MAX_VALUE / 2);
  }

  /** Runs one check to its end and returns after how many nanoseconds the next one begins. */
  private long after(CheckWatch watch, CheckWatch.Result result, boolean traffic) {
    watch.end(endpoint, result, "because", traffic, now);
    return untilNext(watch);
  }

  private List<Long> firsts(HealthCheck.Pace pace) {
    return IntStream.range(0, MANY)
        .mapToObj(_ -> untilNext(new CheckWatch(check(pace), now)))
        .toList();
  }

  private List<Long> seconds(HealthCheck.Pace pace) {
    return IntStream.range(0, MANY)
        .mapToObj(_ -> {
          CheckWatch watch = new CheckWatch(check(pace), now);
          untilNext(watch);
          return after(watch, CheckWatch.Result.PASSED, true);
        })
        .toList();
  }

  /** Of 200 evenly spread times none would be in the first or last fifth once in 10^19 runs. */
  private static void assertSpread(List<Long> times, long from, long to) {
    long fifth = (to - from) / 5;
    assertThat(times)
        .allSatisfy(time -> assertThat(time).isBetween(from, to))
        .anySatisfy(time -> assertThat(time).isLessThan(from + fifth))
        .anySatisfy(time -> assertThat(time).isGreaterThan(to - fifth));
    assertThat(Set.copyOf(times)).hasSizeGreaterThan(MANY / 2);
  }

  @Test
  void firstChecksOfManySpreadOverTheInitialJitter() {
    assertSpread(firsts(jittered(Duration.ofSeconds(5), Duration.ZERO, 0)), 0, 5 * SECOND);
  }

  @Test
  void laterChecksOfManySpreadOverTheJitterOfTheInterval() {
    assertSpread(
        seconds(jittered(Duration.ZERO, Duration.ofSeconds(5), 0)), 10 * SECOND, 15 * SECOND);
  }

  @Test
  void laterChecksOfManySpreadOverTheirPercentageOfTheInterval() {
    assertSpread(seconds(jittered(Duration.ZERO, Duration.ZERO, 30)), 10 * SECOND, 13 * SECOND);
  }

  @Test
  void bothJittersAdd() {
    assertSpread(
        seconds(jittered(Duration.ZERO, Duration.ofSeconds(3), 30)), 10 * SECOND, 16 * SECOND);
  }

  @Test
  void withoutJitterEachIsExactlyAnIntervalAfterTheLast() {
    assertThat(firsts(PACE)).containsOnly(0L);
    assertThat(seconds(PACE)).containsOnly(10 * SECOND);
  }

  @Test
  void checkThatIsDueSoonBeginsInItsOwnMomentAndOnlyOnce() {
    CheckWatch watch = new CheckWatch(check(PACE), now);
    untilNext(watch);
    watch.end(endpoint, CheckWatch.Result.PASSED, "", true, now);

    now += 10 * SECOND - 250;
    assertThat(watch.begin(now, 249)).isEqualTo(CheckWatch.NOT_DUE);
    assertThat(watch.begin(now, 250)).isEqualTo(250);
    assertThat(watch.begin(now + 250, 250)).as("it runs").isEqualTo(CheckWatch.NOT_DUE);
  }

  @Test
  void eachStateHasItsOwnInterval() {
    CheckWatch watch = new CheckWatch(check(PACE), now);
    untilNext(watch);
    List<Long> pauses = new ArrayList<>();
    pauses.add(after(watch, CheckWatch.Result.PASSED, false));
    pauses.add(after(watch, CheckWatch.Result.PASSED, true));
    pauses.add(after(watch, CheckWatch.Result.SILENT, true));
    pauses.add(after(watch, CheckWatch.Result.SILENT, true));
    pauses.add(after(watch, CheckWatch.Result.SILENT, true));
    pauses.add(after(watch, CheckWatch.Result.SILENT, true));
    pauses.add(after(watch, CheckWatch.Result.SILENT, false));
    pauses.add(after(watch, CheckWatch.Result.PASSED, true));
    pauses.add(after(watch, CheckWatch.Result.PASSED, true));
    pauses.add(after(watch, CheckWatch.Result.PASSED, true));

    assertThat(pauses.stream().map(nanos -> nanos / SECOND))
        .as("idle, busy, two faults too few, left out, still, idle, too few good, back, still")
        .containsExactly(40L, 10L, 1L, 1L, 20L, 20L, 60L, 2L, 10L, 10L);
  }

  @Test
  void silenceTakesTheThresholdAndOneGoodAnswerBetweenBeginsAnew() {
    CheckWatch watch = new CheckWatch(check(PACE), now);
    untilNext(watch);
    after(watch, CheckWatch.Result.PASSED, true);

    for (int i = 0; i < 4; i++) {
      after(watch, CheckWatch.Result.SILENT, true);
      after(watch, CheckWatch.Result.FAILED, true);
      assertThat(endpoint.isChecked()).isTrue();
      after(watch, CheckWatch.Result.PASSED, true);
    }
    after(watch, CheckWatch.Result.SILENT, true);
    after(watch, CheckWatch.Result.SILENT, true);
    assertThat(endpoint.isChecked()).isTrue();
    after(watch, CheckWatch.Result.FAILED, true);
    assertThat(endpoint.isChecked()).isFalse();

    after(watch, CheckWatch.Result.PASSED, true);
    assertThat(endpoint.isChecked()).isFalse();
    after(watch, CheckWatch.Result.PASSED, true);
    assertThat(endpoint.isChecked()).isTrue();
  }

  @Test
  void refusalAndAFirstFaultNeedNoThreshold() {
    CheckWatch told = new CheckWatch(check(PACE), now);
    untilNext(told);
    after(told, CheckWatch.Result.PASSED, true);
    after(told, CheckWatch.Result.REFUSED, true);
    assertThat(endpoint.isChecked()).isFalse();

    Endpoint fresh = endpoint();
    new CheckWatch(check(PACE), now).end(fresh, CheckWatch.Result.SILENT, "because", true, now);
    assertThat(fresh.isChecked()).isFalse();
  }
}
