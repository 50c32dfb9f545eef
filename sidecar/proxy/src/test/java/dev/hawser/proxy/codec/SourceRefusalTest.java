package dev.hawser.proxy.codec;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.BoolValue;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.PathConfigSource;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import org.junit.jupiter.api.Test;

/** Resources come from the control plane, and what would have them come otherwise is refused. */
class SourceRefusalTest {
  private static Cluster cluster(ConfigSource.Builder source) {
    Cluster.Builder cluster = Cluster.newBuilder().setName("c").setType(Cluster.DiscoveryType.EDS);
    cluster.getEdsClusterConfigBuilder().setEdsConfig(source);
    return cluster.build();
  }

  @Test
  void endpointsFromAFileAreRefused() {
    ConfigSource.Builder file =
        ConfigSource.newBuilder()
            .setPathConfigSource(PathConfigSource.newBuilder().setPath("/etc/endpoints"));
    assertThatThrownBy(() -> ClusterCodec.read(cluster(file)))
        .hasMessageContaining("eds_cluster_config.eds_config: PATH_CONFIG_SOURCE (expected: ADS");
    ConfigSource.Builder ads =
        ConfigSource.newBuilder().setAds(AggregatedConfigSource.getDefaultInstance());
    assertThatCode(() -> ClusterCodec.read(cluster(ads))).doesNotThrowAnyException();
  }

  @Test
  void aTableThatIsToBeCheckedAgainstClustersIsRefused() {
    RouteConfiguration.Builder routes = RouteConfiguration.newBuilder().setName("r");
    assertThatCode(() -> RouteCodec.read(routes.build())).doesNotThrowAnyException();
    routes.setValidateClusters(BoolValue.of(true));
    assertThatThrownBy(() -> RouteCodec.read(routes.build()))
        .hasMessageContaining("validate_clusters: true (expected: false");
  }
}
