package dev.hawser.controlplane.xds;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.trust.spiffe.SpiffeId;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.List;

/** Clients as they introduce themselves. */
final class Nodes {
  static final SpiffeId WEB = SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/web");
  static final SpiffeId ORDERS = SpiffeId.parse("spiffe://east.mesh.internal/ns/shop/sa/orders");
  static final SpiffeId GATEWAY =
      SpiffeId.parse("spiffe://east.mesh.internal/ns/hawser-system/sa/gateway");

  private Nodes() {}

  static Node node(String id, String kind, String address, ExplicitUpstream... upstreams) {
    Struct.Builder claims = Struct.newBuilder();
    put(claims, "kind", kind);
    put(claims, "address", address);
    put(claims, "network", "east");
    ListValue.Builder list = ListValue.newBuilder();
    for (ExplicitUpstream upstream : List.of(upstreams)) {
      Struct.Builder item = Struct.newBuilder();
      put(item, "service", upstream.service().toString());
      item.putFields("port", Value.newBuilder().setNumberValue(upstream.port()).build());
      put(item, "listen", upstream.listen().toString());
      list.addValues(Value.newBuilder().setStructValue(item));
    }
    claims.putFields("upstreams", Value.newBuilder().setListValue(list).build());
    return Node.newBuilder()
        .setId(id)
        .setCluster("web")
        .setLocality(Locality.newBuilder().setRegion("east").setZone("a"))
        .setMetadata(
            Struct.newBuilder()
                .putFields("hawser", Value.newBuilder().setStructValue(claims).build()))
        .build();
  }

  /** Returns the node with a packet filter before it. */
  static Node captured(Node node, String policy) {
    Struct.Builder claims =
        node.getMetadata().getFieldsOrThrow("hawser").getStructValue().toBuilder();
    put(claims, "capture", policy);
    put(claims, "outboundAddress", "127.0.0.1");
    claims.putFields("ipv6", Value.newBuilder().setBoolValue(true).build());
    return node.toBuilder()
        .setMetadata(
            Struct.newBuilder()
                .putFields("hawser", Value.newBuilder().setStructValue(claims).build()))
        .build();
  }

  private static void put(Struct.Builder struct, String key, String value) {
    struct.putFields(key, Value.newBuilder().setStringValue(value).build());
  }

  static ExplicitUpstream upstream(String service, int port, String listen) {
    return new ExplicitUpstream(
        dev.hawser.api.naming.ServiceName.parse(service),
        port,
        SocketPlace.parse("listen", listen));
  }

  static ProxyNode read(Node node, SpiffeId identity, LocalCluster cluster) {
    return NodeReader.read(node, identity, cluster);
  }
}
