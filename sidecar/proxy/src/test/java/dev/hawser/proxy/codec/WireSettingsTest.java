package dev.hawser.proxy.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.http.Pings;
import dev.hawser.proxy.model.UpstreamConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.type.v3.Percent;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a cluster says about its connections and its figures. */
class WireSettingsTest {
  private static Cluster.Builder cluster(KeepaliveSettings keepalive) {
    HttpProtocolOptions.Builder options = HttpProtocolOptions.newBuilder();
    options
        .getExplicitHttpConfigBuilder()
        .getHttp2ProtocolOptionsBuilder()
        .setConnectionKeepalive(keepalive);
    Cluster.Builder cluster =
        Cluster.newBuilder()
            .setName("orders.shop:8080")
            .putTypedExtensionProtocolOptions(
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                Any.pack(options.build()));
    cluster.getLoadAssignmentBuilder().setClusterName("orders.shop:8080");
    return cluster;
  }

  private static UpstreamConfig read(KeepaliveSettings.Builder keepalive)
      throws ResourceRejectedException {
    return ClusterCodec.read(cluster(keepalive.build()).build());
  }

  private static KeepaliveSettings.Builder everySecond() {
    return KeepaliveSettings.newBuilder()
        .setInterval(Durations.fromSeconds(1))
        .setTimeout(Durations.fromSeconds(2));
  }

  private static List<Long> intervals(Pings pings) {
    return LongStream.range(0, 1000).mapToObj(_ -> pings.nextNanos()).toList();
  }

  @Test
  void pingsAreSpreadByAsMuchAsIsSaidAndByAsMuchAsEnvoysIfNothingIs()
      throws ResourceRejectedException {
    Pings usual = read(everySecond()).pings();
    assertThat(usual.jitter()).isEqualTo(15);
    Pings half = read(everySecond().setIntervalJitter(Percent.newBuilder().setValue(50))).pings();
    assertThat(intervals(half))
        .allMatch(nanos -> nanos >= 1_000_000_000L && nanos <= 1_500_000_000L)
        .anyMatch(nanos -> nanos < 1_100_000_000L)
        .anyMatch(nanos -> nanos > 1_400_000_000L);
    Pings none = read(everySecond().setIntervalJitter(Percent.getDefaultInstance())).pings();
    assertThat(intervals(none)).containsOnly(1_000_000_000L);
  }

  @Test
  void jitterBeyondAHundredPercentIsRefused() {
    assertThatThrownBy(
            () -> read(everySecond().setIntervalJitter(Percent.newBuilder().setValue(101))))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageContaining("http2_protocol_options.connection_keepalive")
        .hasMessageContaining("interval_jitter 101.0 (expected: 0 to 100 percent)");
  }

  @Test
  void figuresStandUnderTheNameThatIsSaid() throws ResourceRejectedException {
    Cluster.Builder cluster = cluster(everySecond().build());
    assertThat(ClusterCodec.read(cluster.build()).destination().statName()).isEmpty();
    assertThat(ClusterCodec.read(cluster.setAltStatName("orders").build()).destination().statName())
        .contains("orders");
  }
}
