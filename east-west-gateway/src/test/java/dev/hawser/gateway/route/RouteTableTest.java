package dev.hawser.gateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.naming.ClusterName;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
  private static final ClusterName WEST = new ClusterName("west", "mesh.internal");
  private static final String ORDERS = "p8080.orders.shop.west.mesh.internal";
  private static final Backend ONE = backend(9001, 0, 1, true);
  private static final Backend TWO = backend(9002, 3, 7, true);
  private static final Backend SICK = backend(9003, 4, 1, false);
  private static final Backend CONTROL = backend(15012, -1, 0, true);

  private final RouteTable table =
      new RouteTable(
          WEST, Map.of(ORDERS, List.of(ONE, TWO, SICK), WEST.controlPlaneSni(), List.of(CONTROL)));

  private static Backend backend(int port, int slot, long generation, boolean healthy) {
    return new Backend(
        InetSocketAddress.createUnresolved("127.0.0.1", port),
        slot < 0 ? OptionalInt.empty() : OptionalInt.of(slot),
        generation,
        "pod-" + port,
        healthy);
  }

  @Test
  void aSlotLeadsToItsEndpointAndNowhereElse() {
    assertThat(table.find("s0." + ORDERS, _ -> 0)).isEqualTo(new Route.To(ORDERS, List.of(ONE)));
    assertThat(table.find("s3." + ORDERS, _ -> 0)).isEqualTo(new Route.To(ORDERS, List.of(TWO)));
    // The caller decides about health, by slot; it may know better.
    assertThat(table.find("s4." + ORDERS, _ -> 0)).isEqualTo(new Route.To(ORDERS, List.of(SICK)));
  }

  @Test
  void theServiceLeadsToTheLeastLoadedHealthyEndpointFirst() {
    assertThat(table.find(ORDERS, b -> b.equals(ONE) ? 5 : 2))
        .isEqualTo(new Route.To(ORDERS, List.of(TWO, ONE)));
    assertThat(table.find(ORDERS, b -> b.equals(ONE) ? 0 : 2))
        .isEqualTo(new Route.To(ORDERS, List.of(ONE, TWO)));
  }

  @Test
  void theControlPlaneAnswersUnderItsNameAndThatOfAnOldRoot() {
    Route expected = new Route.To(WEST.controlPlaneSni(), List.of(CONTROL));
    assertThat(table.find("control-plane.west.mesh.internal", _ -> 0)).isEqualTo(expected);
    assertThat(table.find("r0123456789abcdef.control-plane.west.mesh.internal", _ -> 0))
        .isEqualTo(expected);
    assertThat(table.find("gateway.west.mesh.internal", _ -> 0)).isEqualTo(new Route.Self());
  }

  @ParameterizedTest
  @CsvSource({
    "p8080.billing.shop.west.mesh.internal, not exported",
    "p8081.orders.shop.west.mesh.internal, not exported",
    "s0.p8080.billing.shop.west.mesh.internal, not exported",
    "s9.p8080.orders.shop.west.mesh.internal, no such slot",
    "s03.p8080.orders.shop.west.mesh.internal, no slot label",
    "s10000.p8080.orders.shop.west.mesh.internal, no slot label",
    "x.p8080.orders.shop.west.mesh.internal, no slot label",
    "a.s3.p8080.orders.shop.west.mesh.internal, not [slot.]port.service.namespace",
    "p8080.orders.shop.east.mesh.internal, not under west.mesh.internal",
    "p8080.orders.shop.west.mesh.internal.evil.example, not under west.mesh.internal",
    "p8080.orders.shop.xwest.mesh.internal, not under west.mesh.internal",
    "orders.shop.svc.cluster.local, not under west.mesh.internal",
    "west.mesh.internal, not under west.mesh.internal",
    "gateway.east.mesh.internal, not under west.mesh.internal",
    "control-plane.east.mesh.internal, not under west.mesh.internal",
    "x.control-plane.west.mesh.internal, not [slot.]port.service.namespace",
    "r0123.control-plane.west.mesh.internal, not [slot.]port.service.namespace",
    "a.gateway.west.mesh.internal, not [slot.]port.service.namespace"
  })
  void everythingElseLeadsNowhereForAReasonThatHoldsNothingOfTheName(String name, String reason) {
    assertThat(table.find(name, _ -> 0)).isEqualTo(new Route.Nowhere(reason));
  }

  @Test
  void theEmptyTableKnowsOnlyTheGatewayItself() {
    RouteTable empty = RouteTable.empty(WEST);
    assertThat(empty.find("gateway.west.mesh.internal", _ -> 0)).isEqualTo(new Route.Self());
    assertThat(empty.find("control-plane.west.mesh.internal", _ -> 0))
        .isInstanceOf(Route.Nowhere.class);
    assertThat(empty.find(ORDERS, _ -> 0)).isEqualTo(new Route.Nowhere("not exported"));
  }

  @Test
  void aServiceWithoutHealthyEndpointsLeadsNowhere() {
    assertThat(new RouteTable(WEST, Map.of(ORDERS, List.of(SICK))).find(ORDERS, _ -> 0))
        .isEqualTo(new Route.Nowhere("no healthy endpoint"));
  }

  @Test
  void aConnectionMayGoOnOnlyToTheSameGenerationOfTheSameSlotAtTheSameAddress() {
    assertThat(table.stillLeadsTo(ORDERS, TWO)).isTrue();
    assertThat(table.stillLeadsTo(ORDERS, backend(9002, 3, 7, false))).isTrue();
    assertThat(table.stillLeadsTo(ORDERS, backend(9002, 3, 8, true))).isFalse();
    assertThat(table.stillLeadsTo(ORDERS, backend(9002, 2, 7, true))).isFalse();
    assertThat(table.stillLeadsTo(ORDERS, backend(9009, 3, 7, true))).isFalse();
    assertThat(table.stillLeadsTo("p1.orders.shop.west.mesh.internal", TWO)).isFalse();
  }
}
