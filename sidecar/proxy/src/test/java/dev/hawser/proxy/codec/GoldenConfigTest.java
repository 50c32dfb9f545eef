package dev.hawser.proxy.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.model.UpstreamConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.HedgePolicy;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GoldenConfigTest {
  private static final Path GOLDEN =
      Path.of("../../federation/control-plane/src/test/resources/golden/xds");

  private static final JsonFormat.Parser PARSER =
      JsonFormat.parser()
          .usingTypeRegistry(
              TypeRegistry.newBuilder()
                  .add(HttpConnectionManager.getDescriptor())
                  .add(TcpProxy.getDescriptor())
                  .add(io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor())
                  .add(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDescriptor())
                  .add(Router.getDescriptor())
                  .add(TlsInspector.getDescriptor())
                  .add(DownstreamTlsContext.getDescriptor())
                  .add(UpstreamTlsContext.getDescriptor())
                  .add(HttpProtocolOptions.getDescriptor())
                  .add(PreviousHostsPredicate.getDescriptor())
                  .add(Listener.getDescriptor())
                  .add(Cluster.getDescriptor())
                  .add(ClusterLoadAssignment.getDescriptor())
                  .add(RouteConfiguration.getDescriptor())
                  .add(VirtualHost.getDescriptor())
                  .build());

  private static <M extends Message> List<M> read(String file, Class<M> type) throws IOException {
    String text = Files.readString(GOLDEN.resolve(file));
    List<M> found = new ArrayList<>();
    for (String item : text.substring(2, text.length() - 2).split("(?m)^},\n", -1)) {
      Any.Builder any = Any.newBuilder();
      String body = item.strip();
      PARSER.merge(body.endsWith("\n}") || body.endsWith("}\n}") ? body : body + "\n}", any);
      if (any.build().is(type)) {
        found.add(any.build().unpack(type));
      }
    }
    return found;
  }

  @Test
  void listenersOfTheControlPlaneAreUnderstood() throws Exception {
    List<ListenerConfig> listeners = new ArrayList<>();
    for (Listener listener : read("sidecar-listeners.json", Listener.class)) {
      listeners.add(ListenerCodec.read(listener));
    }
    for (Listener listener : read("sidecar-inbound-tcp.json", Listener.class)) {
      listeners.add(ListenerCodec.read(listener));
    }

    assertThat(listeners)
        .extracting(ListenerConfig::name)
        .containsExactly(
            "inbound",
            "outbound-http",
            "upstream|ledger.shop|5432|127.1.0.10:9002",
            "upstream|orders.shop|8080|127.1.0.10:9001",
            "inbound");
    ListenerConfig.Chain inbound = listeners.getFirst().chains().getFirst();
    assertThat(inbound.serverNames())
        .containsExactly("p80.web.shop.east.mesh.internal", "*.p80.web.shop.east.mesh.internal");
    assertThat(inbound.content())
        .isInstanceOfSatisfying(
            ListenerConfig.Content.Http.class,
            http -> {
              assertThat(http.setCallerHeader()).isTrue();
              assertThat(http.filters()).hasSize(1);
            });
    assertThat(listeners.getLast().chains().getFirst().access()).hasSize(1);
  }

  @Test
  void upstreamsEndpointsAndRoutesOfTheControlPlaneAreUnderstood() throws Exception {
    List<UpstreamConfig> upstreams = new ArrayList<>();
    for (Cluster cluster : read("sidecar-by-name.json", Cluster.class)) {
      upstreams.add(ClusterCodec.read(cluster));
    }
    UpstreamConfig orders = upstreams.getFirst();
    assertThat(orders.name()).isEqualTo("orders.shop:8080");
    assertThat(orders.protocol()).isEqualTo(UpstreamConfig.Protocol.HTTP2);
    assertThat(orders.pings().interval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(orders.stability()).isEqualTo(Duration.ofSeconds(10));
    assertThat(upstreams.get(1).protocol()).isEqualTo(UpstreamConfig.Protocol.TCP);
    assertThat(upstreams.getLast().security())
        .isInstanceOf(UpstreamConfig.Security.Plaintext.class);

    EndpointSet set =
        EndpointCodec.read(read("sidecar-by-name.json", ClusterLoadAssignment.class).getFirst());
    assertThat(set.groups()).hasSize(3);
    EndpointConfig slot = set.groups().getLast().endpoints().getLast();
    assertThat(slot.slot()).isEqualTo(3);
    assertThat(slot.generation()).isEqualTo(1);
    assertThat(slot.gateway()).isTrue();

    RouteTable routes =
        RouteCodec.read(read("sidecar-by-name.json", RouteConfiguration.class).getFirst());
    assertThat(routes.hosts().getFirst().rules().getFirst().action())
        .isInstanceOfSatisfying(
            RouteRule.Action.Forward.class,
            forward -> {
              assertThat(forward.timeouts().response()).contains(Duration.ofSeconds(15));
              assertThat(forward.retry().retries()).isEqualTo(2);
              assertThat(forward.retry().on()).contains(RetryRule.Condition.RESET);
            });
    assertThat(read("sidecar-by-name.json", VirtualHost.class)).isNotEmpty();
  }

  @Test
  void fieldThatWouldNotBeObeyedIsRefusedByName() throws Exception {
    Cluster cluster = read("sidecar-by-name.json", Cluster.class).getFirst();

    assertThatThrownBy(() ->
            ClusterCodec.read(
                cluster.toBuilder().setLbPolicy(Cluster.LbPolicy.CLUSTER_PROVIDED).build()))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessage("lb_policy: CLUSTER_PROVIDED (expected: only with type ORIGINAL_DST)");
    assertThatThrownBy(
            () -> ClusterCodec.read(cluster.toBuilder().setIgnoreHealthOnHostRemoval(true).build()))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageStartingWith("ignore_health_on_host_removal: not supported");
    assertThatThrownBy(() ->
            ClusterCodec.read(
                cluster.toBuilder()
                    .setUnknownFields(
                        UnknownFieldSet.newBuilder()
                            .addField(9999, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                            .build())
                    .build()))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageContaining("#9999");
  }

  @Test
  void routeActionThatIsNotKnownIsRefusedWithItsPlace() {
    RouteConfiguration routes =
        RouteConfiguration.newBuilder()
            .addVirtualHosts(
                VirtualHost.newBuilder()
                    .addDomains("*")
                    .addRoutes(
                        Route.newBuilder()
                            .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                            .setRoute(
                                RouteAction.newBuilder()
                                    .setCluster("a")
                                    .setHedgePolicy(HedgePolicy.getDefaultInstance()))))
            .build();

    assertThatThrownBy(() -> RouteCodec.read(routes))
        .isInstanceOf(ResourceRejectedException.class)
        .hasMessageStartingWith("virtual_hosts[0].routes[0].route.hedge_policy: not supported");
  }
}
