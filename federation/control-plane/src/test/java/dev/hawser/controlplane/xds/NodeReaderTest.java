package dev.hawser.controlplane.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.trust.spiffe.SpiffeId;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

/** Who a client is: its certificate's word, not its own. */
class NodeReaderTest {
  private final LocalCluster east = MeshFixture.standard().local;

  @Test
  void theNamespaceIsThatOfTheCertificate() {
    assertThat(
            NodeReader.read(Nodes.node("w", "sidecar", "127.1.0.10"), Nodes.WEB, east).namespace())
        .isEqualTo("shop");
  }

  @Test
  void anEnvoyAndAGrpcClientAreKnownByTheirUserAgent() {
    assertThat(kind("envoy")).isEqualTo(ProxyKind.ENVOY);
    assertThat(kind("gRPC Java")).isEqualTo(ProxyKind.GRPC);
  }

  @Test
  void whoIsNotAGatewayIsNotToldWhatGatewaysAreTold() {
    assertThatThrownBy(
            () -> NodeReader.read(Nodes.node("g", "gateway", "127.1.0.2"), Nodes.WEB, east))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("node.metadata.hawser.kind")
        .hasMessageContaining(Nodes.WEB.toString());
  }

  @Test
  void aClientOfAnotherClusterIsRefused() {
    SpiffeId foreign = SpiffeId.parse("spiffe://west.mesh.internal/ns/shop/sa/web");

    assertThatThrownBy(() ->
            NodeRefusedException.orRefused(Nodes.node("w", "sidecar", "127.1.0.10"), foreign, east))
        .isInstanceOfSatisfying(
            NodeRefusedException.class,
            e -> assertThat(e.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED));
  }

  @Test
  void whoIsCapturedSaysWhatItMayCallOutside() {
    Node node = Nodes.node("w", "sidecar", "127.1.0.10");
    assertThat(NodeReader.read(node, Nodes.WEB, east).captured()).isEmpty();
    assertThat(NodeReader.read(Nodes.captured(node, "REGISTRY_ONLY"), Nodes.WEB, east).captured())
        .contains(new ProxyNode.Captured(ProxyNode.Outside.REGISTRY_ONLY, true));
  }

  @Test
  void whatCannotBeMeantIsRefusedByItsField() {
    assertRefused(
        Nodes.captured(Nodes.node("w", "sidecar", "127.1.0.10"), "ANY"),
        "node.metadata.hawser.capture: 'ANY'");
    assertRefused(Nodes.node("", "sidecar", "127.1.0.10"), "node.id");
    assertRefused(Nodes.node("w", "toaster", "127.1.0.10"), "node.metadata.hawser.kind: 'toaster'");
    assertRefused(Nodes.node("w", "sidecar", "web.example"), "node.metadata.hawser.address");
    assertRefused(
        Nodes.node("w", "sidecar", "127.1.0.10", Nodes.upstream("orders.shop", 8080, "web:9001")),
        "node.metadata.hawser.upstreams[0].listen");
    assertRefused(
        Nodes.node("w", "sidecar", "127.1.0.10", Nodes.upstream("orders.shop", 0, "127.0.0.1:1")),
        "node.metadata.hawser.upstreams[0].port");
  }

  private void assertRefused(Node node, String message) {
    assertThatThrownBy(() -> NodeReader.read(node, Nodes.WEB, east))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private ProxyKind kind(String userAgent) {
    Node node = Node.newBuilder().setId("x").setUserAgentName(userAgent).build();
    return NodeReader.read(node, Nodes.WEB, east).kind();
  }
}
