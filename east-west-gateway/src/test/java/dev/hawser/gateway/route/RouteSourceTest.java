package dev.hawser.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ListValue;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.engine.xds.ResourceApplier;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.sni_cluster.v3.SniCluster;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteSourceTest {
  private static final ClusterName EAST = new ClusterName("east", "mesh.internal");
  private static final String ORDERS = "p8080.orders.shop.east.mesh.internal";

  private final List<RouteTable> tables = new ArrayList<>();
  private final List<Set<String>> wanted = new ArrayList<>();
  private final RouteSource source = new RouteSource(EAST, tables::add, wanted::add);
  private final ResourceApplier<Cluster> clusters = source.clusters();
  private final ResourceApplier<ClusterLoadAssignment> assignments = source.assignments();

  /** What our control plane sends to a gateway, as its own tests hold it. */
  private static List<Any> golden() throws Exception {
    Path file = Path.of("../federation/control-plane/src/test/resources/golden/xds/gateway.json");
    TypeRegistry types =
        TypeRegistry.newBuilder()
            .add(Listener.getDescriptor())
            .add(Cluster.getDescriptor())
            .add(ClusterLoadAssignment.getDescriptor())
            .add(UpstreamTlsContext.getDescriptor())
            .add(SniCluster.getDescriptor())
            .add(TcpProxy.getDescriptor())
            .add(TlsInspector.getDescriptor())
            .build();
    ListValue.Builder list = ListValue.newBuilder();
    JsonFormat.parser().merge(Files.readString(file), list);
    List<Any> messages = new ArrayList<>();
    for (Value value : list.getValuesList()) {
      Any.Builder any = Any.newBuilder();
      JsonFormat.parser().usingTypeRegistry(types).merge(JsonFormat.printer().print(value), any);
      messages.add(any.build());
    }
    return messages;
  }

  @Test
  void everythingThatTheControlPlaneSendsIsUnderstood() throws Exception {
    for (Any any : golden()) {
      if (any.is(Cluster.class)) {
        Cluster cluster = any.unpack(Cluster.class);
        SupportedFields.requireKnown(cluster);
        clusters.onChanged(cluster.getName(), cluster, "1");
      }
    }
    clusters.onBatchEnd();
    assertThat(wanted.getLast()).contains(ORDERS).noneMatch(name -> name.startsWith("gateway."));
    for (Any any : golden()) {
      if (any.is(ClusterLoadAssignment.class)) {
        ClusterLoadAssignment assignment = any.unpack(ClusterLoadAssignment.class);
        if (wanted.getLast().contains(assignment.getClusterName())) {
          assignments.onChanged(assignment.getClusterName(), assignment, "1");
        }
      }
    }
    assignments.onBatchEnd();
    RouteTable table = tables.getLast();
    assertThat(table.find("s1." + ORDERS, _ -> 0))
        .isInstanceOfSatisfying(
            Route.To.class,
            to -> {
              Backend backend = to.candidates().getFirst();
              assertThat(backend.hostPort()).isEqualTo("127.1.1.2:15006");
              assertThat(backend.generation()).isEqualTo(4);
              assertThat(backend.workload()).isEqualTo("orders.yaml");
            });
    assertThat(table.find(EAST.controlPlaneSni(), _ -> 0)).isInstanceOf(Route.To.class);
    assertThat(table.find("gateway.west.mesh.internal", _ -> 0)).isInstanceOf(Route.Nowhere.class);
  }

  @Test
  void anEndpointWithoutAddressIsRefusedByItsPath() {
    ClusterLoadAssignment broken =
        ClusterLoadAssignment.newBuilder()
            .addEndpoints(
                io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints.newBuilder()
                    .addLbEndpoints(
                        io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint.getDefaultInstance()))
            .build();
    assertThatThrownBy(() -> assignments.onChanged(ORDERS, broken, "1"))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageContaining("endpoints[0].lb_endpoints[0].endpoint.address.socket_address");
  }

  @Test
  void aClusterOfAnotherTypeIsRefused() {
    Cluster broken = Cluster.newBuilder().setType(Cluster.DiscoveryType.ORIGINAL_DST).build();
    assertThatThrownBy(() -> clusters.onChanged(ORDERS, broken, "1"))
        .hasMessage("type: ORIGINAL_DST (expected: STATIC, STRICT_DNS or EDS)");
  }

  @Test
  void aRemovedClusterTakesItsEndpointsWithIt() throws Exception {
    Cluster cluster = Cluster.newBuilder().setType(Cluster.DiscoveryType.EDS).build();
    clusters.onChanged(ORDERS, cluster, "1");
    clusters.onBatchEnd();
    assertThat(tables.getLast().groups()).containsKey(ORDERS);
    clusters.onRemoved(ORDERS);
    clusters.onBatchEnd();
    assertThat(tables.getLast().groups()).isEmpty();
    assertThat(wanted.getLast()).isEmpty();
  }
}
