package dev.hawser.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hawser.api.model.Locality;
import dev.hawser.proxy.http.Pings;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.Balancing;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.OutlierPolicy;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.spiffe.SpiffeId;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BalancerTest {
  private static final StreamFailure REFUSED =
      new StreamFailure(StreamFailure.Kind.CONNECT, "connection refused");

  private long now = 1_000_000_000_000L;
  private final HealthBook book = new HealthBook();
  private final Rotation rotation = new Rotation(new SplittableRandom(1));

  private Balancer balancer(Balancing.Method method, boolean localityWeighted) {
    return new Balancer(
        new UpstreamConfig(
            "orders",
            new UpstreamConfig.Endpoints.Discovered("orders"),
            Duration.ofSeconds(1),
            Balancing.by(method).withLocalityWeights(localityWeighted),
            new UpstreamConfig.Security.MutualTls(
                Set.of(SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/orders")),
                List.of("h2")),
            UpstreamConfig.Protocol.HTTP2,
            Pings.everySecond(),
            Optional.empty(),
            OutlierPolicy.defaults(),
            UpstreamConfig.Limits.defaults(),
            UpstreamConfig.ConnectionRules.none(),
            List.of(),
            Duration.ofSeconds(10),
            new UpstreamConfig.Destination("orders", "shop", 8080)),
        book,
        () -> now);
  }

  private Balancer roundRobin() {
    return balancer(new Balancing.Method.RoundRobin(), false);
  }

  private static EndpointConfig endpoint(String host, String locality, int slot) {
    return new EndpointConfig(
        new Address(host, 15006),
        slot < 0 ? "p8080.orders" : "s" + slot + ".p8080.orders",
        Locality.parse(locality),
        1,
        EndpointConfig.Health.HEALTHY,
        locality,
        slot,
        0,
        slot >= 0,
        "");
  }

  private static EndpointSet.Group group(int priority, int weight, EndpointConfig... endpoints) {
    return new EndpointSet.Group(
        endpoints.length == 0 ? Locality.UNKNOWN : endpoints[0].locality(),
        priority,
        weight,
        List.of(endpoints));
  }

  private static EndpointSet set(EndpointSet.Group... groups) {
    return new EndpointSet("orders", List.of(groups), 140);
  }

  private static EndpointConfig[] local(int count) {
    EndpointConfig[] endpoints = new EndpointConfig[count];
    Arrays.setAll(endpoints, i -> endpoint("10.0.0." + (i + 1), "east", -1));
    return endpoints;
  }

  private static EndpointConfig[] remote(int count) {
    EndpointConfig[] endpoints = new EndpointConfig[count];
    Arrays.setAll(endpoints, i -> endpoint("10.9.0.1", "west", i));
    return endpoints;
  }

  private Endpoint pick(Balancer balancer) {
    return Objects.requireNonNull(balancer.pick(rotation));
  }

  /** Returns by endpoint which share of many picks it gets. */
  private Map<String, Double> shares(Balancer balancer) {
    Map<String, Double> shares = new HashMap<>();
    int picks = 20_000;
    for (int i = 0; i < picks; i++) {
      shares.merge(pick(balancer).toString(), 1.0 / picks, Double::sum);
    }
    return shares;
  }

  private double share(Balancer balancer, String cluster) {
    int picks = 20_000;
    int count = 0;
    for (int i = 0; i < picks; i++) {
      count += pick(balancer).config().cluster().equals(cluster) ? 1 : 0;
    }
    return (double) count / picks;
  }

  private static void fail(Balancer balancer, int index, long now) {
    balancer.endpoints().get(index).failed(REFUSED, now);
  }

  private void pass(Balancer balancer, Duration time) {
    long end = now + time.toNanos();
    while (now < end) {
      now += Duration.ofMillis(250).toNanos();
      balancer.tick();
    }
  }

  @Test
  void beforeAnUpdateNothingIsKnownAndAfterAnEmptyOneThereIsNothing() {
    Balancer balancer = roundRobin();
    assertThat(balancer.isKnown()).isFalse();

    balancer.update(set());

    assertThat(balancer.isKnown()).isTrue();
    assertThat(balancer.pick(rotation)).isNull();
  }

  @Test
  void roundRobinIsEvenAndLowerPrioritiesGetNothing() {
    Balancer balancer = roundRobin();
    balancer.update(set(group(0, 0, local(4)), group(1, 0, remote(4))));

    assertThat(shares(balancer))
        .hasSize(4)
        .allSatisfy((_, share) -> assertThat(share).isCloseTo(0.25, within(0.001)));
  }

  @Test
  void onlyTheLostShareMoves() {
    Balancer balancer = roundRobin();
    balancer.update(set(group(0, 0, local(10)), group(1, 0, remote(2))));

    for (int lost = 0; lost < 2; lost++) {
      fail(balancer, lost, now);
    }
    assertThat(share(balancer, "west")).isZero();

    for (int lost = 2; lost < 5; lost++) {
      fail(balancer, lost, now);
    }
    // Half are left: 140 % of 50 % stay.
    assertThat(share(balancer, "west")).isCloseTo(0.30, within(0.02));

    for (int lost = 5; lost < 10; lost++) {
      fail(balancer, lost, now);
    }
    assertThat(share(balancer, "west")).isEqualTo(1);
  }

  @Test
  void whatComesBackWaitsUntilItIsStableAndThenTakesAGrowingShare() {
    Balancer balancer = roundRobin();
    balancer.update(set(group(0, 0, local(2)), group(1, 0, remote(2))));
    fail(balancer, 0, now);
    fail(balancer, 1, now);
    assertThat(balancer.wantingProbe()).hasSize(2);

    pass(balancer, Duration.ofSeconds(20));
    assertThat(share(balancer, "east")).isZero();

    balancer.wantingProbe().forEach(endpoint -> endpoint.probeSucceeded(now));
    pass(balancer, Duration.ofMillis(9500));
    assertThat(share(balancer, "east")).isZero();

    pass(balancer, Duration.ofSeconds(1));
    double early = share(balancer, "east");
    assertThat(early).isBetween(0.01, 0.3);

    pass(balancer, Duration.ofSeconds(3));
    assertThat(share(balancer, "east")).isGreaterThan(early);

    pass(balancer, Duration.ofSeconds(8));
    assertThat(share(balancer, "east")).isEqualTo(1);
  }

  @Test
  void failureDuringTheWaitBeginsItAnew() {
    Balancer balancer = roundRobin();
    balancer.update(set(group(0, 0, local(1)), group(1, 0, remote(1))));
    fail(balancer, 0, now);
    balancer.endpoints().getFirst().probeSucceeded(now);
    pass(balancer, Duration.ofSeconds(8));

    balancer.endpoints().getFirst().probeFailed("no answer", now);
    balancer.endpoints().getFirst().probeSucceeded(now);
    pass(balancer, Duration.ofSeconds(8));

    assertThat(share(balancer, "east")).isZero();
  }

  @Test
  void whenNothingElseCanServeWhatIsRecoveringOrEvenDownIsUsedAtOnce() {
    Balancer balancer = roundRobin();
    balancer.update(set(group(0, 0, local(2))));
    fail(balancer, 0, now);
    fail(balancer, 1, now);
    assertThat(pick(balancer)).isNotNull();

    balancer.endpoints().get(1).probeSucceeded(now);
    assertThat(shares(balancer).keySet()).containsExactly(balancer.endpoints().get(1).toString());
  }

  @Test
  void badAnswersOfOneSlotEjectItThroughEveryGatewayAndNothingElse() {
    Balancer balancer = roundRobin();
    balancer.update(
        set(
            group(
                0,
                0,
                endpoint("10.9.0.1", "west", 0),
                endpoint("10.9.0.2", "west", 0),
                endpoint("10.9.0.1", "west", 1),
                endpoint("10.9.0.2", "west", 1))));

    for (int i = 0; i < 5; i++) {
      balancer.endpoints().get(i % 2).answered(503, now);
    }

    assertThat(balancer.view().endpoints().stream().map(BalancerView.EndpointView::state))
        .containsExactly("ejected", "ejected", "serving", "serving");
    pass(balancer, Duration.ofSeconds(11));
    assertThat(balancer.view().endpoints().getFirst().state()).isEqualTo("ramping");
    pass(balancer, Duration.ofSeconds(11));
    assertThat(balancer.view().endpoints().getFirst().state()).isEqualTo("serving");
  }

  @Test
  void goodAnswerBetweenBadOnesKeepsIt() {
    Balancer balancer = roundRobin();
    balancer.update(set(group(0, 0, local(2))));
    Endpoint one = balancer.endpoints().getFirst();

    for (int i = 0; i < 20; i++) {
      one.answered(i % 4 == 3 ? 200 : 500, now);
    }

    assertThat(balancer.view().endpoints().getFirst().state()).isEqualTo("serving");
  }

  @Test
  void secondEjectionLastsLonger() {
    Balancer balancer = roundRobin();
    balancer.update(set(group(0, 0, local(2))));
    Endpoint one = balancer.endpoints().getFirst();
    for (int i = 0; i < 5; i++) {
      one.answered(500, now);
    }
    pass(balancer, Duration.ofSeconds(21));
    for (int i = 0; i < 5; i++) {
      one.answered(500, now);
    }

    pass(balancer, Duration.ofSeconds(15));
    assertThat(balancer.view().endpoints().getFirst().state()).isEqualTo("ejected");
  }

  @Test
  void silentGatewayPutsEverythingBehindItInDoubtAndAProbeClearsTheInnocentAtOnce() {
    Balancer balancer = roundRobin();
    balancer.update(set(group(0, 0, remote(3)), group(1, 0, local(1))));

    balancer
        .endpoints()
        .getFirst()
        .failed(
            new StreamFailure(
                StreamFailure.Kind.PING_TIMEOUT, "silent", Duration.ofSeconds(2).toNanos()),
            now);
    assertThat(share(balancer, "west")).isZero();

    balancer.endpoints().forEach(endpoint -> endpoint.probeSucceeded(now));
    assertThat(balancer.view().endpoints().stream().map(BalancerView.EndpointView::state))
        .containsExactly("recovering", "serving", "serving", "serving");
  }

  @Test
  void gatewayThatStillSpeaksIsNotBlamedForOneSilentSlot() {
    Balancer balancer = roundRobin();
    balancer.update(set(group(0, 0, remote(3))));
    balancer.endpoints().get(1).address().heard(now - Duration.ofMillis(100).toNanos());

    balancer
        .endpoints()
        .getFirst()
        .failed(
            new StreamFailure(
                StreamFailure.Kind.PING_TIMEOUT, "silent", Duration.ofSeconds(2).toNanos()),
            now);

    assertThat(balancer.view().endpoints().stream().map(BalancerView.EndpointView::state))
        .containsExactly("suspect", "serving", "serving");
  }

  @Test
  void anotherTryGoesToAnotherLocalityThenAnotherAddressThenAnotherEndpoint() {
    Balancer balancer = roundRobin();
    balancer.update(set(group(0, 0, local(2)), group(1, 0, remote(2))));
    Attempts attempts = new Attempts();
    attempts.failed(balancer.endpoints().getFirst());

    Endpoint second = Objects.requireNonNull(balancer.pickAnother(attempts, false, rotation));
    assertThat(second.config().cluster()).isEqualTo("west");
    attempts.failed(second);
    Endpoint third = Objects.requireNonNull(balancer.pickAnother(attempts, false, rotation));
    assertThat(third).isSameAs(balancer.endpoints().get(1));
    attempts.failed(third);
    assertThat(balancer.pickAnother(attempts, true, rotation)).isNull();
    assertThat(balancer.pickAnother(attempts, false, rotation)).isNotNull();
  }

  @Test
  void localitiesShareByWeight() {
    Balancer balancer = balancer(new Balancing.Method.Random(), true);
    balancer.update(set(group(0, 70, local(2)), group(0, 30, remote(1))));

    assertThat(share(balancer, "west")).isCloseTo(0.30, within(0.02));
  }

  @Test
  void leastRequestPrefersTheIdle() {
    Balancer balancer = balancer(Balancing.Method.LeastRequest.ofTwo(), false);
    balancer.update(set(group(0, 0, local(2))));
    for (int i = 0; i < 10; i++) {
      balancer.endpoints().getFirst().began();
    }

    assertThat(shares(balancer)).doesNotContainKey(balancer.endpoints().getFirst().toString());
  }

  @Test
  void firstEndpointsOfAPriorityThatOthersStandInForWaitAndAnUpdateKeepsWhatIsKnown() {
    Balancer balancer = roundRobin();
    balancer.update(set(group(0, 0), group(1, 0, remote(1))));

    balancer.update(set(group(0, 0, local(1)), group(1, 0, remote(1))));
    assertThat(share(balancer, "east")).isZero();
    pass(balancer, Duration.ofSeconds(5));
    balancer.update(set(group(0, 0, local(1)), group(1, 0, remote(1))));
    pass(balancer, Duration.ofSeconds(16));

    assertThat(share(balancer, "east")).isEqualTo(1);
  }

  @Test
  void anotherInstanceBesideThoseThatServeTakesItsShareAtOnce() {
    Balancer balancer = roundRobin();
    balancer.update(set(group(0, 0, local(1)), group(1, 0, remote(1))));

    balancer.update(set(group(0, 0, local(2)), group(1, 0, remote(1))));

    assertThat(shares(balancer)).hasSize(2);
  }
}
