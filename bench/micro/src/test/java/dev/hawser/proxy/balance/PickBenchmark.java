package dev.hawser.proxy.balance;

import dev.hawser.api.model.Locality;
import dev.hawser.proxy.http.Pings;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.Balancing;
import dev.hawser.proxy.model.Balancing.Method;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.OutlierPolicy;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.spiffe.SpiffeId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What the choice of an endpoint costs: 64 of them, 48 in the own cluster and 16 behind the gateway
 * of another, with requests at work on most.
 */
@State(Scope.Thread)
public class PickBenchmark {
  static final int LOCAL = 48;
  static final int REMOTE = 16;

  /** Has far more requests at work than any other. */
  static final int BUSIEST = 7;

  private final Balancer leastRequest = balancer(Method.LeastRequest.ofTwo(), false);
  private final Balancer leastRequestByWeight = balancer(Method.LeastRequest.ofTwo(), true);
  private final Balancer peakEwma = balancer(new Method.PeakEwma(Duration.ofSeconds(10)), false);
  private final Balancer roundRobin = balancer(new Method.RoundRobin(), false);
  private final Rotation rotation = new Rotation(new SplittableRandom(1));
  private final Endpoint failed = leastRequest.endpoints().get(3);

  private static Balancer balancer(Method method, boolean weighted) {
    Balancer made =
        new Balancer(
            new UpstreamConfig(
                "orders.shop:8080",
                new UpstreamConfig.Endpoints.Discovered("orders.shop:8080"),
                Duration.ofSeconds(1),
                Balancing.by(method),
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
            new HealthBook(),
            System::nanoTime);
    made.update(
        new EndpointSet(
            "orders.shop:8080",
            List.of(
                group(0, "east", LOCAL, i -> local(i, weighted)),
                group(1, "west", REMOTE, PickBenchmark::remote)),
            EndpointSet.DEFAULT_OVERPROVISIONING));
    load(made);
    return made;
  }

  private static EndpointSet.Group group(
      int priority, String cluster, int count, IntFunction<EndpointConfig> endpoint) {
    return new EndpointSet.Group(
        Locality.parse(cluster),
        priority,
        0,
        IntStream.range(0, count).mapToObj(endpoint).toList());
  }

  private static EndpointConfig local(int index, boolean weighted) {
    return endpoint(
        "10.1.0." + (index + 1),
        "p8080.orders.shop.east.mesh.internal",
        "east",
        weighted ? 1 + index % 3 : 1,
        EndpointConfig.NO_SLOT);
  }

  private static EndpointConfig remote(int slot) {
    return endpoint(
        "203.0.113.5", "s" + slot + ".p8080.orders.shop.west.mesh.internal", "west", 1, slot);
  }

  private static EndpointConfig endpoint(
      String host, String serverName, String cluster, int weight, int slot) {
    return new EndpointConfig(
        new Address(host, 15_006),
        serverName,
        Locality.parse(cluster),
        weight,
        EndpointConfig.Health.HEALTHY,
        cluster,
        slot,
        0,
        slot != EndpointConfig.NO_SLOT,
        "");
  }

  private static void load(Balancer balancer) {
    List<Endpoint> endpoints = balancer.endpoints();
    for (int i = 0; i < endpoints.size(); i++) {
      for (int request = 0; request < (i == BUSIEST ? 100 : i % 5); request++) {
        endpoints.get(i).began();
      }
      endpoints.get(i).tookTime(Duration.ofMillis(1 + i % 4).toNanos(), System.nanoTime());
    }
  }

  /** The better of two: what upstreams do that ask for it. */
  @Benchmark
  public @Nullable Endpoint leastRequest() {
    return leastRequest.pick(rotation);
  }

  /** The same where weights differ. */
  @Benchmark
  public @Nullable Endpoint leastRequestByWeight() {
    return leastRequestByWeight.pick(rotation);
  }

  /** The better of two by latency; reads the clock. */
  @Benchmark
  public @Nullable Endpoint peakEwma() {
    return peakEwma.pick(rotation);
  }

  @Benchmark
  public @Nullable Endpoint roundRobin() {
    return roundRobin.pick(rotation);
  }

  /** After a failure: far from it, and not where it was. */
  @Benchmark
  public @Nullable Endpoint elsewhere() {
    Attempts attempts = new Attempts();
    attempts.failed(failed);
    return leastRequest.pickAnother(attempts, false, rotation);
  }
}
