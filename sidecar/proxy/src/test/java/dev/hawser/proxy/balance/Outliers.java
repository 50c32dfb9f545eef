package dev.hawser.proxy.balance;

import com.google.protobuf.util.JsonFormat;
import dev.hawser.api.model.Locality;
import dev.hawser.proxy.codec.ClusterCodec;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.UpstreamConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;

/** Balancers of one upstream with an outlier detection, and a clock of our own. */
final class Outliers {
  static final StreamFailure REFUSED =
      new StreamFailure(StreamFailure.Kind.CONNECT, "connection refused");

  long now = 1_000_000_000_000L;
  final Told told = new Told();

  /** What was told, in order. */
  static final class Told implements EjectionListener {
    final List<EjectionCause> detected = new ArrayList<>();
    final List<EjectionCause> enforced = new ArrayList<>();
    int overflowed;

    @Override
    public void detected(EjectionCause cause) {
      detected.add(cause);
    }

    @Override
    public void enforced(EjectionCause cause) {
      enforced.add(cause);
    }

    @Override
    public void overflowed() {
      overflowed++;
    }
  }

  /** Returns the balancer of so many endpoints with an outlier detection, written in JSON. */
  Balancer balancer(int endpoints, String detection) throws Exception {
    return balancer(endpoints, detection, "");
  }

  Balancer balancer(int endpoints, String detection, String more) throws Exception {
    Cluster.Builder builder = Cluster.newBuilder();
    String json = "{'name':'a','type':'EDS','outlierDetection':{" + detection + "}" + more + "}";
    JsonFormat.parser().merge(json.replace('\'', '"'), builder);
    UpstreamConfig config = ClusterCodec.read(builder.build());
    Balancer balancer = new Balancer(config, new HealthBook(), () -> now, told);
    List<EndpointConfig> all = new ArrayList<>();
    for (int i = 1; i <= endpoints; i++) {
      all.add(
          new EndpointConfig(
              new Address("10.0.0." + i, 8080),
              "",
              Locality.UNKNOWN,
              1,
              EndpointConfig.Health.HEALTHY,
              "",
              EndpointConfig.NO_SLOT,
              0,
              false,
              ""));
    }
    balancer.update(
        new EndpointSet("a", List.of(new EndpointSet.Group(Locality.UNKNOWN, 0, 0, all)), 140));
    return balancer;
  }

  void answer(Balancer balancer, int index, int count, int status) {
    for (int i = 0; i < count; i++) {
      balancer.endpoints().get(index).answered(status, now);
    }
  }

  void refuse(Balancer balancer, int index, int count) {
    for (int i = 0; i < count; i++) {
      balancer.endpoints().get(index).failedUnprobed(REFUSED, now);
    }
  }

  static String state(Balancer balancer, int index) {
    return balancer.view().endpoints().get(index).state();
  }

  static long out(Balancer balancer) {
    return balancer.view().endpoints().stream().filter(e -> e.state().equals("ejected")).count();
  }

  /** Lets a time pass, as the clock of all upstreams does, four times a second. */
  void pass(Balancer balancer, Duration time) {
    long end = now + time.toNanos();
    while (now < end) {
      now = Math.min(end, now + Duration.ofMillis(250).toNanos());
      balancer.tick();
    }
  }

  /** Returns how long the first endpoint stays out from now on, to the quarter of a second. */
  Duration timeOut(Balancer balancer) {
    long from = now;
    while (state(balancer, 0).equals("ejected")) {
      pass(balancer, Duration.ofMillis(250));
    }
    return Duration.ofNanos(now - from);
  }

  /** Returns the addresses that many requests go to. */
  static Set<String> reached(Balancer balancer) {
    Rotation rotation = new Rotation(new SplittableRandom(1));
    Set<String> reached = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      reached.add(Objects.requireNonNull(balancer.pick(rotation)).config().address().host());
    }
    return reached;
  }
}
