package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Locality;
import dev.hawser.api.model.PeerState;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.policy.Policies;
import dev.hawser.controlplane.snapshot.Present;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteGateway;
import dev.hawser.trust.spiffe.SpiffeId;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which endpoints a client gets, in which order, and how they are shared. */
class EndpointResourcesTest {
  private static final String ORDERS = "orders.shop:8080";

  private final MeshFixture mesh = MeshFixture.standard();

  @Test
  void eachSlotIsReachableThroughEachGateway() {
    assertThat(hosts(assignment("sidecar"), 1))
        .containsExactly(
            "127.2.0.2:15443 s0.p8080.orders.shop.west.mesh.internal",
            "127.2.0.3:15443 s0.p8080.orders.shop.west.mesh.internal",
            "127.2.0.2:15443 s3.p8080.orders.shop.west.mesh.internal",
            "127.2.0.3:15443 s3.p8080.orders.shop.west.mesh.internal");
  }

  @Test
  void theOwnClusterKeepsPriorityZeroWhenItHasNothingLeft() {
    mesh.present.removeIf(it -> it.identity().endsWith("/orders"));

    ClusterLoadAssignment assignment = assignment("sidecar");

    assertThat(hosts(assignment, 0)).isEmpty();
    assertThat(hosts(assignment, 1)).hasSize(4);
    assertThat(assignment.getEndpoints(0).getPriority()).isZero();
  }

  @Test
  void envoysPrioritiesHaveNoGap() {
    mesh.present.removeIf(it -> it.identity().endsWith("/orders"));

    assertThat(hosts(assignment("envoy"), 0))
        .containsExactly(
            "127.2.0.2:15443 p8080.orders.shop.west.mesh.internal",
            "127.2.0.3:15443 p8080.orders.shop.west.mesh.internal");
  }

  @Test
  void aDeadClusterHasNoEndpointsAndKeepsItsPriority() {
    mesh.export("north", MeshFixture.ORDERS, MeshFixture.port(8080, Protocol.HTTP), 0);
    mesh.remotes.replaceAll(it ->
        it.name().equals("north")
            ? new RemoteCluster(
                "north", it.trustDomain(), it.gateways(), PeerState.DEAD, it.lastHeard())
            : it);

    ClusterLoadAssignment assignment = assignment("sidecar");

    assertThat(hosts(assignment, 1)).isEmpty();
    assertThat(hosts(assignment, 2)).hasSize(4);
  }

  @Test
  void aGatewayThatDoesNotAnswerMakesTheWaysThroughItUnhealthy() {
    mesh.remotes.removeIf(it -> it.name().equals("west"));
    mesh.remotes.add(
        new RemoteCluster(
            "west",
            "west.mesh.internal",
            List.of(
                new RemoteGateway("127.2.0.2:15443", false),
                new RemoteGateway("127.2.0.3:15443", true)),
            PeerState.CONTROL_LOST,
            MeshFixture.NOW));

    List<LbEndpoint> west = endpoints(assignment("sidecar"), 1);

    assertThat(west)
        .filteredOn(it -> it.getHealthStatus() == HealthStatus.UNHEALTHY)
        .extracting(EndpointResourcesTest::address)
        .containsExactly("127.2.0.2", "127.2.0.2");
  }

  @Test
  void anEndpointThatIsNotReadyIsUnhealthyAndOneWithoutProxyIsLeftOut() {
    mesh.present.removeIf(it -> it.address().equals("127.1.1.1"));

    assertThat(hosts(assignment("sidecar"), 0))
        .containsExactly("127.1.1.2:15006 p8080.orders.shop.east.mesh.internal");
  }

  @Test
  void anotherNetworkOfTheClusterIsReachedThroughItsGateways() {
    ProxyNode elsewhere =
        NodeReader.read(
            Nodes.node("vm-1", "sidecar", "10.9.9.9").toBuilder()
                .setMetadata(
                    com.google.protobuf.Struct.newBuilder()
                        .putFields(
                            "hawser",
                            com.google.protobuf.Value.newBuilder()
                                .setStructValue(
                                    com.google.protobuf.Struct.newBuilder()
                                        .putFields("kind", EndpointResources.text("sidecar"))
                                        .putFields("network", EndpointResources.text("home")))
                                .build()))
                .build(),
            Nodes.WEB,
            mesh.local);

    ClusterLoadAssignment orders = assignment(elsewhere, ORDERS);

    assertThat(hosts(orders, 0))
        .containsExactly(
            "127.1.0.2:15443 s0.p8080.orders.shop.east.mesh.internal",
            "127.1.0.2:15443 s1.p8080.orders.shop.east.mesh.internal");
    assertThat(hosts(assignment(elsewhere, "greeter.shop:9000"), 0)).isEmpty();
  }

  @Test
  void distributeSharesTheTrafficByPlaceAndKeepsTheRestForFailover() {
    mesh.export("north", MeshFixture.ORDERS, MeshFixture.port(8080, Protocol.HTTP), 0);
    mesh.policies.add(
        Policies.read(
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: orders, namespace: shop}
            spec:
              host: orders
              trafficPolicy:
                loadBalancer:
                  localityLbSetting:
                    distribute:
                    - {from: "east/*", to: {"east/*": 60, "west/*": 40}}
            """));

    ClusterLoadAssignment assignment = assignment("sidecar");

    assertThat(places(assignment, 0))
        .containsExactly("east/a=30000", "east/b=30000", "west/a=40000");
    assertThat(places(assignment, 2)).containsExactly("north/a=1");
    assertThat(cluster().getCommonLbConfig().hasLocalityWeightedLbConfig()).isTrue();
  }

  @Test
  void aShareThatAddressesAnotherPlaceIsNotForThisCaller() {
    mesh.policies.add(
        Policies.read(
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: orders, namespace: shop}
            spec:
              host: orders
              trafficPolicy:
                loadBalancer:
                  localityLbSetting:
                    distribute:
                    - {from: "west/*", to: {"west/*": 100}}
            """));

    assertThat(places(assignment("sidecar"), 0)).containsExactly("east/a=1", "east/b=1");
  }

  @Test
  void theNearestComeFirstAndTheNamedRegionNext() {
    mesh.export("north", MeshFixture.ORDERS, MeshFixture.port(8080, Protocol.HTTP), 0);
    mesh.policies.add(
        Policies.read(
            """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: orders, namespace: shop}
            spec:
              host: orders
              trafficPolicy:
                loadBalancer:
                  localityLbSetting:
                    failover: [{from: east, to: west}]
            """));

    ClusterLoadAssignment envoy = assignment("envoy");

    assertThat(hosts(envoy, 0))
        .containsExactly("127.1.1.1:15006 p8080.orders.shop.east.mesh.internal");
    assertThat(hosts(envoy, 1))
        .containsExactly("127.1.1.2:15006 p8080.orders.shop.east.mesh.internal");
    assertThat(hosts(envoy, 2)).first().asString().contains("west");
    assertThat(hosts(envoy, 3)).first().asString().contains("north");
  }

  @Test
  void oneAssignmentIsSharedByAllClientsOfAPlace() {
    XdsTranslator translator = XdsTranslator.of(mesh.snapshot());
    ProxyNode one = node("sidecar");
    ProxyNode other =
        NodeReader.read(Nodes.node("other", "sidecar", "127.1.0.99"), Nodes.ORDERS, mesh.local);

    assertThat(translator.named(ResourceType.ENDPOINT, ORDERS, one).orElseThrow())
        .isSameAs(translator.named(ResourceType.ENDPOINT, ORDERS, other).orElseThrow());
  }

  @Test
  void aChangeOfOneServiceLeavesTheResourcesOfTheOthersAsTheyAre() {
    XdsTranslator before = XdsTranslator.of(mesh.snapshot());
    XdsResource orders = before.named(ResourceType.ENDPOINT, ORDERS, node("sidecar")).orElseThrow();
    mesh.add(
        ServiceName.parse("new.shop"),
        MeshFixture.port(80, Protocol.HTTP),
        Exposure.hidden(),
        "east/a:127.1.1.77");

    XdsTranslator after = before.next(mesh.snapshot());

    assertThat(after.named(ResourceType.ENDPOINT, ORDERS, node("sidecar")).orElseThrow())
        .isSameAs(orders);
  }

  @Test
  void aProxyOnAnotherPortIsCalledThere() {
    mesh.present.removeIf(it -> it.address().equals("127.1.1.1"));
    mesh.present.add(
        new Present("127.1.1.1", MeshFixture.identity("east", MeshFixture.ORDERS), 25006));

    assertThat(hosts(assignment("sidecar"), 0)).first().asString().startsWith("127.1.1.1:25006");
  }

  @Test
  void whoMayServeIsPinnedAndNobodyMayWhereNobodyServes() {
    mesh.add(
        ServiceName.parse("idle.shop"), MeshFixture.port(80, Protocol.HTTP), Exposure.hidden());

    String pinned = named(ResourceType.CLUSTER, "idle.shop:80").body().getValue().toStringUtf8();

    assertThat(pinned).contains(TlsContexts.NOBODY);
    assertThat(SpiffeId.parse(TlsContexts.NOBODY).toString()).isEqualTo(TlsContexts.NOBODY);
    assertThat(mesh.snapshot().services().keySet().stream().map(ServiceName::toString))
        .contains("idle.shop");
  }

  @Test
  void aGatewayByNameReachesOurProxiesAndIsLeftOutForEnvoyWhichWouldRefuseIt() {
    mesh.remote("west", "gateway.west.example:15443", "127.2.0.3:15443");

    assertThat(hosts(assignment("envoy"), 1)).hasSize(1);
    assertThat(hosts(assignment("sidecar"), 1)).hasSize(4);
  }

  private ProxyNode node(String kind) {
    return NodeReader.read(Nodes.node("web-1", kind, "127.1.0.10"), Nodes.WEB, mesh.local);
  }

  private ClusterLoadAssignment assignment(String kind) {
    return assignment(node(kind), ORDERS);
  }

  private ClusterLoadAssignment assignment(ProxyNode node, String name) {
    return parse(
        XdsTranslator.of(mesh.snapshot()).named(ResourceType.ENDPOINT, name, node).orElseThrow(),
        ClusterLoadAssignment.getDefaultInstance());
  }

  private Cluster cluster() {
    return parse(named(ResourceType.CLUSTER, ORDERS), Cluster.getDefaultInstance());
  }

  private XdsResource named(ResourceType type, String name) {
    return XdsTranslator.of(mesh.snapshot()).named(type, name, node("sidecar")).orElseThrow();
  }

  @SuppressWarnings("unchecked")
  private static <M extends Message> M parse(XdsResource resource, M prototype) {
    try {
      return (M) prototype.getParserForType().parseFrom(resource.body().getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<LbEndpoint> endpoints(ClusterLoadAssignment assignment, int priority) {
    List<LbEndpoint> found = new ArrayList<>();
    for (LocalityLbEndpoints place : assignment.getEndpointsList()) {
      if (place.getPriority() == priority) {
        found.addAll(place.getLbEndpointsList());
      }
    }
    return found;
  }

  private static List<String> hosts(ClusterLoadAssignment assignment, int priority) {
    return endpoints(assignment, priority).stream()
        .map(it ->
            address(it)
                + ":"
                + it.getEndpoint().getAddress().getSocketAddress().getPortValue()
                + " "
                + it.getEndpoint().getHostname())
        .toList();
  }

  private static String address(LbEndpoint endpoint) {
    return endpoint.getEndpoint().getAddress().getSocketAddress().getAddress();
  }

  private static Set<String> places(ClusterLoadAssignment assignment, int priority) {
    return assignment.getEndpointsList().stream()
        .filter(place -> place.getPriority() == priority && place.getLbEndpointsCount() > 0)
        .map(place ->
            new Locality(place.getLocality().getRegion(), place.getLocality().getZone(), "")
                + "="
                + place.getLoadBalancingWeight().getValue())
        .collect(Collectors.toCollection(java.util.TreeSet::new));
  }
}
