package dev.hawser.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hawser.api.model.Locality;
import dev.hawser.proxy.affinity.Affinity;
import dev.hawser.proxy.affinity.XxHash64;
import dev.hawser.proxy.http.Pings;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.Balancing;
import dev.hawser.proxy.model.Balancing.Method;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.LabelSet;
import dev.hawser.proxy.model.OutlierPolicy;
import dev.hawser.proxy.model.Subsets;
import dev.hawser.proxy.model.UpstreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How picks are spread, with fixed seeds, within bounds that chance keeps. */
class SpreadTest {
  private static final int PICKS = 20_000;

  private long now = 1_000_000_000_000L;
  private final Rotation rotation = new Rotation(new SplittableRandom(7));

  private Balancer balancer(Balancing balancing, OutlierPolicy outliers, EndpointConfig... hosts) {
    Balancer balancer =
        new Balancer(
            new UpstreamConfig(
                "a",
                new UpstreamConfig.Endpoints.Discovered("a"),
                Duration.ofSeconds(1),
                balancing,
                new UpstreamConfig.Security.Plaintext(),
                UpstreamConfig.Protocol.HTTP1,
                Pings.never(),
                Optional.empty(),
                outliers,
                UpstreamConfig.Limits.defaults(),
                UpstreamConfig.ConnectionRules.none(),
                List.of(),
                Duration.ZERO,
                new UpstreamConfig.Destination("", "", 0)),
            new HealthBook(),
            () -> now);
    update(balancer, hosts);
    return balancer;
  }

  private static void update(Balancer balancer, EndpointConfig... hosts) {
    balancer.update(
        new EndpointSet(
            "a", List.of(new EndpointSet.Group(Locality.UNKNOWN, 0, 0, List.of(hosts))), 140));
  }

  private Balancer balancer(Method method, EndpointConfig... hosts) {
    return balancer(Balancing.by(method), OutlierPolicy.off(), hosts);
  }

  private static EndpointConfig host(int number, int weight, Map<String, String> labels) {
    Map<String, EndpointConfig.Label> own = new HashMap<>();
    labels.forEach((name, value) -> own.put(name, new EndpointConfig.Label(value, List.of(value))));
    return new EndpointConfig(
        new Address("10.0.0." + number, 80),
        "",
        Locality.UNKNOWN,
        weight,
        EndpointConfig.Health.HEALTHY,
        "",
        EndpointConfig.NO_SLOT,
        0,
        false,
        "",
        new EndpointConfig.Traits(own, "", new EndpointConfig.CheckAt(0, "", false)));
  }

  private static EndpointConfig host(int number, int weight) {
    return host(number, weight, Map.of());
  }

  private static EndpointConfig[] hosts(int count) {
    EndpointConfig[] hosts = new EndpointConfig[count];
    java.util.Arrays.setAll(hosts, i -> host(i + 1, 1));
    return hosts;
  }

  private double[] shares(Balancer balancer) {
    double[] shares = new double[balancer.endpoints().size()];
    for (int i = 0; i < PICKS; i++) {
      Endpoint picked = Objects.requireNonNull(balancer.pick(rotation));
      shares[balancer.endpoints().indexOf(picked)] += 1.0 / PICKS;
    }
    return shares;
  }

  private @Nullable Endpoint pick(Balancer balancer, String hashed) {
    return balancer.pick(new Affinity(true, XxHash64.of(hashed), null, null), rotation);
  }

  @Test
  void weightsDivideEveryMethodThatLooksAtThem() {
    for (Method method : List.of(new Method.RoundRobin(), new Method.Random())) {
      double[] shares = shares(balancer(method, host(1, 1), host(2, 2), host(3, 5)));

      assertThat(shares[0]).isCloseTo(0.125, within(0.02));
      assertThat(shares[1]).isCloseTo(0.25, within(0.02));
      assertThat(shares[2]).isCloseTo(0.625, within(0.02));
    }
  }

  @Test
  void moreChoicesAvoidTheBusyMoreOften() {
    Balancer two = balancer(Method.LeastRequest.ofTwo(), hosts(8));
    Balancer six = balancer(new Method.LeastRequest(6, 1), hosts(8));
    for (Balancer balancer : List.of(two, six)) {
      balancer.endpoints().subList(0, 6).forEach(Endpoint::began);
    }

    double free = shares(two)[6] + shares(two)[7];
    double freer = shares(six)[6] + shares(six)[7];

    assertThat(free).isLessThan(freer);
    assertThat(freer).isGreaterThan(0.8);
  }

  @Test
  void withoutBiasLeastRequestLooksAtWeightsAlone() {
    Balancer balancer = balancer(new Method.LeastRequest(2, 0), hosts(2));
    for (int i = 0; i < 50; i++) {
      balancer.endpoints().getFirst().began();
    }

    assertThat(shares(balancer)[0]).isGreaterThan(0.4);
  }

  @Test
  void slowEndpointIsAvoidedUntilItsPeakIsForgotten() {
    Balancer balancer = balancer(new Method.PeakEwma(Duration.ofSeconds(10)), hosts(2));
    balancer.endpoints().get(0).tookTime(Duration.ofMillis(5).toNanos(), now);
    balancer.endpoints().get(1).tookTime(Duration.ofMillis(200).toNanos(), now);
    assertThat(shares(balancer)[1]).isLessThan(0.05);

    now += Duration.ofSeconds(60).toNanos();
    balancer.endpoints().get(0).tookTime(Duration.ofMillis(5).toNanos(), now);

    assertThat(shares(balancer)[1]).isGreaterThan(0.95);
  }

  @Test
  void newEndpointBeginsWithASmallShareThatGrows() {
    Balancing slowly =
        new Balancing(
            new Method.RoundRobin(),
            false,
            50,
            false,
            Optional.of(new Balancing.SlowStart(Duration.ofSeconds(60), 1, 10)),
            Optional.empty());
    Balancer balancer = balancer(slowly, OutlierPolicy.off(), hosts(1));
    now += Duration.ofMinutes(2).toNanos();

    update(balancer, hosts(2));
    assertThat(shares(balancer)[1]).isCloseTo(0.1 / 1.1, within(0.02));

    now += Duration.ofSeconds(30).toNanos();
    balancer.tick();
    assertThat(shares(balancer)[1]).isCloseTo(0.5 / 1.5, within(0.02));

    now += Duration.ofSeconds(31).toNanos();
    balancer.tick();
    balancer.tick();
    update(balancer, hosts(2));
    assertThat(shares(balancer)[1]).isCloseTo(0.5, within(0.02));
  }

  @Test
  void sameHashGoesToTheSameEndpointAndOnlyTheLostMove() {
    for (Method method :
        List.of(
            new Method.RingHash(2048, 8_388_608, Balancing.HashFunction.XX_HASH, false),
            new Method.Maglev(65_537, false))) {
      Balancer balancer = balancer(Balancing.by(method), OutlierPolicy.defaults(), hosts(5));
      Map<String, Endpoint> before = new HashMap<>();
      for (int i = 0; i < 2000; i++) {
        String user = "user-" + i;
        before.put(user, Objects.requireNonNull(pick(balancer, user)));
        assertThat(pick(balancer, user)).isSameAs(before.get(user));
      }
      Endpoint lost = balancer.endpoints().getFirst();
      lost.failed(new StreamFailure(StreamFailure.Kind.CONNECT, "refused"), now);

      long moved =
          before.entrySet().stream()
              .filter(entry -> entry.getValue() != lost)
              .filter(entry -> pick(balancer, entry.getKey()) != entry.getValue())
              .count();

      // A share for everybody new would move three quarters.
      assertThat(moved).isLessThan(350);
      assertThat(before.keySet()).noneMatch(user -> pick(balancer, user) == lost);
    }
  }

  @Test
  void slotIsTheSameOnARingThroughEveryGateway() {
    EndpointConfig one =
        new EndpointConfig(
            new Address("10.9.0.1", 15443),
            "s3.p80.a",
            Locality.UNKNOWN,
            1,
            EndpointConfig.Health.HEALTHY,
            "",
            3,
            0,
            true,
            "");
    EndpointConfig other =
        new EndpointConfig(
            new Address("10.9.0.2", 15443),
            "s3.p80.a",
            Locality.UNKNOWN,
            1,
            EndpointConfig.Health.HEALTHY,
            "",
            3,
            0,
            true,
            "");
    Balancer balancer = balancer(new Method.Maglev(101, false), one, other);

    assertThat(balancer.endpoints().get(0).hashKey(false))
        .isEqualTo(balancer.endpoints().get(1).hashKey(false));
  }

  private Balancer subsets(Subsets.Fallback fallback, Subsets.Selector... selectors) {
    Balancing by =
        new Balancing(
            new Method.RoundRobin(),
            false,
            50,
            false,
            Optional.empty(),
            Optional.of(
                new Subsets(
                    fallback,
                    LabelSet.of(Map.of("stage", "prod")),
                    List.of(selectors),
                    false,
                    false)));
    return balancer(
        by,
        OutlierPolicy.off(),
        host(1, 1, Map.of("stage", "prod", "version", "1")),
        host(2, 1, Map.of("stage", "prod", "version", "2")),
        host(3, 1, Map.of("stage", "test", "version", "2")));
  }

  private List<String> reached(Balancer balancer, @Nullable Map<String, String> labels) {
    Affinity affinity =
        labels == null ? Affinity.NONE : new Affinity(false, 0, LabelSet.of(labels), null);
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Endpoint picked = balancer.pick(affinity, rotation);
      if (picked != null && !reached.contains(picked.config().address().host())) {
        reached.add(picked.config().address().host());
      }
    }
    return reached.stream().sorted().toList();
  }

  @Test
  void subsetIsWhatARouteAsksForAndItsFallbackWhatTakesTheRest() {
    Subsets.Selector version =
        new Subsets.Selector(Set.of("version"), Subsets.Fallback.NOT_DEFINED, Set.of());
    Subsets.Selector both =
        new Subsets.Selector(
            Set.of("stage", "version"), Subsets.Fallback.KEYS_SUBSET, Set.of("version"));

    Balancer none = subsets(Subsets.Fallback.NO_FALLBACK, version, both);
    assertThat(reached(none, Map.of("version", "2"))).containsExactly("10.0.0.2", "10.0.0.3");
    assertThat(reached(none, Map.of("version", "2", "stage", "test"))).containsExactly("10.0.0.3");
    assertThat(reached(none, Map.of("version", "1", "stage", "test"))).containsExactly("10.0.0.1");
    assertThat(reached(none, Map.of("version", "9"))).isEmpty();
    assertThat(reached(none, null)).isEmpty();

    Balancer usual = subsets(Subsets.Fallback.DEFAULT_SUBSET, version);
    assertThat(reached(usual, Map.of("version", "9"))).containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(reached(usual, null)).containsExactly("10.0.0.1", "10.0.0.2");

    Balancer any = subsets(Subsets.Fallback.ANY_ENDPOINT, version);
    assertThat(reached(any, Map.of("planet", "earth"))).hasSize(3);
  }

  private static OutlierPolicy rates(int enforcingRate, int enforcingPercent, int maxPercent) {
    return new OutlierPolicy(
        Duration.ofSeconds(1),
        false,
        OutlierPolicy.InRow.of(0),
        OutlierPolicy.InRow.of(0),
        OutlierPolicy.InRow.of(0),
        new OutlierPolicy.SuccessRate(5, 100, 1.9, enforcingRate, 0),
        new OutlierPolicy.FailurePercent(40, 5, 50, enforcingPercent, 0),
        new OutlierPolicy.Ejection(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ZERO,
            maxPercent,
            false,
            true));
  }

  private List<String> statesAfterOneBadAmongSix(OutlierPolicy policy) {
    Balancer balancer = balancer(Balancing.by(new Method.RoundRobin()), policy, hosts(6));
    for (Endpoint endpoint : balancer.endpoints()) {
      boolean bad = endpoint == balancer.endpoints().getFirst();
      for (int i = 0; i < 200; i++) {
        endpoint.answered(bad && i % 2 == 0 ? 500 : 200, now);
      }
    }
    now += Duration.ofSeconds(2).toNanos();
    balancer.tick();
    return balancer.view().endpoints().stream().map(BalancerView.EndpointView::state).toList();
  }

  @Test
  void rateFarBelowTheOthersEjects() {
    assertThat(statesAfterOneBadAmongSix(rates(100, 0, 100)))
        .containsExactly("ejected", "serving", "serving", "serving", "serving", "serving");
    assertThat(statesAfterOneBadAmongSix(rates(0, 100, 100)).getFirst()).isEqualTo("ejected");
  }

  @Test
  void rateThatIsNotEnforcedOrExceedsTheBoundEjectsNobody() {
    assertThat(statesAfterOneBadAmongSix(rates(0, 0, 100))).containsOnly("serving");
    assertThat(statesAfterOneBadAmongSix(rates(100, 100, 10))).containsOnly("serving");
  }

  /** The formula of Envoy's documentation: mean less factor times standard deviation. */
  @Test
  void thresholdIsTheMeanLessTheDeviations() {
    List<ResultWindow.Sample> samples = new ArrayList<>();
    for (int rate : new int[] {100, 100, 100, 100, 50}) {
      samples.add(
          new ResultWindow.Sample(
              new InstanceHealth(
                  new Condition(0, () -> {}),
                  OutlierPolicy.off(),
                  () -> true,
                  EjectionListener.NONE),
              100,
              rate));
    }

    assertThat(RateJudge.threshold(samples, 1.9)).isCloseTo(90 - 1.9 * 20, within(0.001));
  }
}
