package dev.hawser.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.affinity.Affinity;
import dev.hawser.proxy.codec.ClusterCodec;
import dev.hawser.proxy.model.Address;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OriginalsTest {
  private final AtomicLong now = new AtomicLong();
  private final Rotation rotation = new Rotation(new SplittableRandom(1));

  private Balancer balancer() throws ResourceRejectedException {
    return new Balancer(
        ClusterCodec.read(
            Cluster.newBuilder()
                .setName("anywhere")
                .setType(Cluster.DiscoveryType.ORIGINAL_DST)
                .setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED)
                .build()),
        new HealthBook(),
        now::get);
  }

  private static Affinity to(int number) {
    return Affinity.to(new Address("10.0.%d.%d".formatted(number / 250, 1 + number % 250), 80));
  }

  @Test
  void addressIsOneEndpointForAll() throws ResourceRejectedException {
    Balancer balancer = balancer();
    assertThat(balancer.isKnown()).isTrue();
    Endpoint one = balancer.pick(to(1), rotation);
    assertThat(one).isNotNull().isSameAs(balancer.pick(to(1), rotation));
    assertThat(balancer.pick(to(2), rotation)).isNotSameAs(one);
    assertThat(balancer.pick(Affinity.NONE, rotation)).isNull();
    assertThat(balancer.endpoints()).hasSize(2);
  }

  @Test
  void addressesThatCallersNameAreBounded() throws ResourceRejectedException {
    Balancer balancer = balancer();
    int given = 0;
    for (int i = 0; i < 10_000; i++) {
      given += balancer.pick(to(i), rotation) == null ? 0 : 1;
    }
    assertThat(given).isEqualTo(4096);
    assertThat(balancer.pick(to(17), rotation)).as("known before").isNotNull();
  }

  @Test
  void addressIsForgottenWhenNobodyHasGoneThereForAWhile() throws ResourceRejectedException {
    Balancer balancer = balancer();
    Objects.requireNonNull(balancer.pick(to(1), rotation)).began();
    assertThat(balancer.pick(to(2), rotation)).isNotNull();
    now.addAndGet(Duration.ofSeconds(3).toNanos());
    assertThat(balancer.pick(to(3), rotation)).isNotNull();
    now.addAndGet(Duration.ofSeconds(3).toNanos());
    balancer.tick();
    assertThat(balancer.endpoints())
        .extracting(endpoint -> endpoint.config().address().host())
        .containsExactlyInAnyOrder("10.0.0.2", "10.0.0.4");
  }
}
