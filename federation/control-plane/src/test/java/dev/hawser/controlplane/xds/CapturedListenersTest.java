package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.Service;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.Present;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a proxy is told whose workload's connections are redirected to it. */
class CapturedListenersTest {
  private static final ServiceName SHOP = ServiceName.parse("shop.shop");
  private static final ServiceName LEGACY = ServiceName.parse("legacy.shop");

  private final MeshFixture mesh = MeshFixture.standard();
  private final ProxyNode web = captured("ALLOW_ANY");

  CapturedListenersTest() {
    mesh.present.add(new Present("127.1.1.5", MeshFixture.identity("east", SHOP), 15006));
    mesh.services.add(
        new Service(
            SHOP,
            List.of(MeshFixture.port(80, Protocol.HTTP), MeshFixture.port(5432, Protocol.TCP)),
            List.of(MeshFixture.endpoint(SHOP, "127.1.1.5", Locality.parse("east/a"))),
            List.of("10.96.0.7", "fd00::7"),
            Exposure.hidden(),
            MeshFixture.NOW));
    mesh.services.add(
        new Service(
            LEGACY,
            List.of(MeshFixture.port(443, Protocol.TLS)),
            List.of(MeshFixture.endpoint(LEGACY, "127.1.1.9", Locality.parse("east/a"))),
            List.of("10.96.0.9"),
            Exposure.hidden(),
            MeshFixture.NOW));
  }

  private ProxyNode captured(String policy) {
    return NodeReader.read(
        Nodes.captured(Nodes.node("web-1", "sidecar", "127.1.0.10"), policy),
        Nodes.WEB,
        mesh.local);
  }

  private Optional<XdsResource> find(ResourceType type, String name) {
    return XdsTranslator.of(mesh.snapshot()).named(type, name, web);
  }

  private Listener listener(String name) throws Exception {
    return find(ResourceType.LISTENER, name).orElseThrow().body().unpack(Listener.class);
  }

  private static List<String> chains(Listener listener) {
    return listener.getFilterChainsList().stream()
        .map(chain ->
            chain.getFilterChainMatch().getDestinationPort().getValue() + " " + chain.getName())
        .toList();
  }

  @Test
  void whatIsRedirectedIsHandedOverElseItPassesOrNot() throws Exception {
    Listener own = listener("outbound-http");
    assertThat(own.getUseOriginalDst().getValue()).isTrue();
    assertThat(own.getAddress()).isEqualTo(SocketPlace.address("127.0.0.1", 15001));
    assertThat(own.getAdditionalAddresses(0).getAddress())
        .isEqualTo(SocketPlace.address("::1", 15001));
    assertThat(chains(own)).containsExactly("15001 outbound-http", "0 PassthroughCluster");

    Listener strict =
        XdsTranslator.of(mesh.snapshot())
            .named(ResourceType.LISTENER, "outbound-http", captured("REGISTRY_ONLY"))
            .orElseThrow()
            .body()
            .unpack(Listener.class);
    assertThat(chains(strict)).containsExactly("15001 outbound-http", "0 BlackHoleCluster");
    assertThat(
            find(ResourceType.CLUSTER, "PassthroughCluster")
                .orElseThrow()
                .body()
                .unpack(Cluster.class)
                .getType())
        .isEqualTo(Cluster.DiscoveryType.ORIGINAL_DST);
    assertThat(find(ResourceType.CLUSTER, "BlackHoleCluster")).isPresent();
  }

  @Test
  void aServiceIsFoundByEachOfItsAddressesAndByItsName() throws Exception {
    for (String name :
        List.of("outbound/10.96.0.7", "outbound/fd00:0:0:0:0:0:0:7", "outbound/shop.shop")) {
      Listener found = listener(name);
      assertThat(found.getName()).isEqualTo(name);
      assertThat(found.getBindToPort().getValue()).isFalse();
      assertThat(chains(found)).containsExactly("80 shop.shop:80", "5432 shop.shop:5432");
      assertThat(found.getAddress()).isEqualTo(SocketPlace.address("10.96.0.7", 80));
      assertThat(found.getAdditionalAddressesCount()).isEqualTo(3);
      assertThat(
              found
                  .getMetadata()
                  .getFilterMetadataOrThrow("hawser")
                  .getFieldsOrThrow("ports")
                  .getStructValue()
                  .getFieldsMap())
          .containsOnlyKeys("http", "tcp");
    }
    assertThat(chains(listener("outbound/payments.shop")))
        .as("elsewhere alone")
        .containsExactly("8080 payments.shop:8080");
    assertThat(listener("outbound/payments.shop").getAddress())
        .isEqualTo(SocketPlace.address("0.0.0.0", 8080));
  }

  @Test
  void aWorkloadIsFoundAtItsAddressAndNobodyElseAnswersForIt() throws Exception {
    String pinned = "orders.shop:8080@127.1.1.2";
    assertThat(chains(listener("outbound/127.1.1.2"))).containsExactly("9000 " + pinned);
    assertThat(
            find(ResourceType.CLUSTER, pinned).orElseThrow().body().unpack(Cluster.class).getName())
        .isEqualTo(pinned);
    ClusterLoadAssignment assignment =
        find(ResourceType.ENDPOINT, pinned)
            .orElseThrow()
            .body()
            .unpack(ClusterLoadAssignment.class);
    assertThat(assignment.getClusterName()).isEqualTo(pinned);
    assertThat(
            assignment.getEndpointsList().stream()
                .flatMap(place -> place.getLbEndpointsList().stream())
                .map(one -> one.getEndpoint().getAddress().getSocketAddress().getAddress()))
        .containsExactly("127.1.1.2");
    RouteConfiguration routes =
        find(ResourceType.ROUTE, pinned).orElseThrow().body().unpack(RouteConfiguration.class);
    assertThat(routes.getVirtualHosts(0).getRoutes(0).getRoute().getCluster()).isEqualTo(pinned);
  }

  @Test
  void whoHasNobodyInTheMeshIsReachedAsIfThereWereNone() throws Exception {
    FilterChain chain = listener("outbound/10.96.0.9").getFilterChains(0);
    assertThat(chain.getFilterChainMatch().getDestinationPort().getValue()).isEqualTo(443);
    assertThat(chain.getFilters(0).getTypedConfig().unpack(TcpProxy.class).getCluster())
        .isEqualTo("PassthroughCluster");
    assertThat(find(ResourceType.LISTENER, "outbound/127.1.1.9")).isEmpty();
  }

  @Test
  void whoIsNotThereIsNotFound() {
    for (String name :
        List.of("198.51.100.1", "2001:db8::1", "nobody.shop", "", "a.b.c", "127.1.1.2:9000")) {
      assertThat(find(ResourceType.LISTENER, "outbound/" + name)).as(name).isEmpty();
    }
    assertThat(find(ResourceType.CLUSTER, "orders.shop:8080@")).isEmpty();
    assertThat(find(ResourceType.ENDPOINT, "nobody.shop:1@127.1.1.2")).isEmpty();
  }
}
