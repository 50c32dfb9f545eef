package dev.hawser.controlplane.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.api.model.Locality;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.controlplane.snapshot.MeshEndpoint;
import dev.hawser.trust.spiffe.SpiffeId;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads what a node says about itself. Everything here is a claim except the identity; a claim that
 * cannot be meant is refused with the field's name.
 */
final class NodeReader {
  static final int GATEWAY_PORT = 15443;
  private static final int OUTBOUND_PORT = 15001;
  private static final int MAX_ID = 253;
  private static final int MAX_UPSTREAMS = 1000;
  private static final int MAX_PORT = 65_535;
  private static final String SYSTEM_NAMESPACE = "hawser-system";
  private static final String GATEWAY_ACCOUNT = "gateway";

  private NodeReader() {}

  /**
   * Reads a node.
   *
   * @throws IllegalArgumentException if a field cannot be meant; the message names it
   */
  static ProxyNode read(Node node, SpiffeId identity, LocalCluster cluster) {
    if (node.getId().isEmpty() || node.getId().length() > MAX_ID) {
      throw new IllegalArgumentException(
          "node.id: '" + shown(node.getId()) + "' (expected: 1-" + MAX_ID + " characters)");
    }
    Claims claims =
        new Claims(node.getMetadata().getFieldsOrDefault("hawser", Value.newBuilder().build()));
    ProxyKind kind = kind(claims, node.getUserAgentName());
    if (kind == ProxyKind.GATEWAY) {
      requireGateway(identity);
    }
    String address = claims.address("address");
    return new ProxyNode(
        node.getId(),
        kind,
        identity,
        identity.namespace().orElse(""),
        address,
        claims.text("network", cluster.network()),
        locality(node, cluster),
        claims.port(
            "inboundPort",
            kind == ProxyKind.GATEWAY ? GATEWAY_PORT : MeshEndpoint.DEFAULT_INBOUND_PORT),
        claims.addressOr("outboundAddress", address.isEmpty() ? "127.0.0.1" : address),
        claims.port("outboundPort", OUTBOUND_PORT),
        kind == ProxyKind.SIDECAR ? claims.captured() : Optional.empty(),
        claims.addressOr("appHost", "127.0.0.1"),
        claims.upstreams(),
        claims.place("advertise"));
  }

  private static ProxyKind kind(Claims claims, String userAgent) {
    String claimed = claims.text("kind", "");
    if (claimed.isEmpty()) {
      return userAgent.startsWith("gRPC") ? ProxyKind.GRPC : ProxyKind.ENVOY;
    }
    return ProxyKind.byLabel(claimed)
        .orElseThrow(() -> claims.refused("kind", claimed, "sidecar, gateway, envoy or grpc"));
  }

  /** A gateway is told every exported endpoint: only its own identity may ask for that. */
  private static void requireGateway(SpiffeId identity) {
    boolean gateway =
        identity.namespace().filter(SYSTEM_NAMESPACE::equals).isPresent()
            && identity.serviceAccount().filter(GATEWAY_ACCOUNT::equals).isPresent();
    if (!gateway) {
      throw new IllegalArgumentException(
          "node.metadata.hawser.kind: 'gateway' (expected: another kind, since the certificate is "
              + "for "
              + identity
              + ")");
    }
  }

  private static Locality locality(Node node, LocalCluster cluster) {
    if (!node.hasLocality() || node.getLocality().getRegion().isEmpty()) {
      return cluster.locality();
    }
    return new Locality(
        node.getLocality().getRegion(),
        node.getLocality().getZone(),
        node.getLocality().getSubZone());
  }

  private static String shown(String value) {
    return value.length() <= 60 ? value : value.substring(0, 60) + "...";
  }

  /** The metadata struct {@code hawser}. */
  private record Claims(Value value) {
    private Value field(String name) {
      return value.getStructValue().getFieldsOrDefault(name, Value.newBuilder().build());
    }

    IllegalArgumentException refused(String name, String value, String expected) {
      return new IllegalArgumentException(
          "node.metadata.hawser." + name + ": '" + shown(value) + "' (expected: " + expected + ")");
    }

    String text(String name, String otherwise) {
      String text = field(name).getStringValue();
      return text.isEmpty() ? otherwise : text;
    }

    String address(String name) {
      return addressOr(name, "");
    }

    String addressOr(String name, String otherwise) {
      String text = text(name, otherwise);
      if (!text.isEmpty() && !SocketPlace.isLiteral(text)) {
        throw refused(name, text, "an IP address");
      }
      return text;
    }

    String place(String name) {
      String text = text(name, "");
      return text.isEmpty()
          ? ""
          : SocketPlace.parse("node.metadata.hawser." + name, text).toString();
    }

    int port(String name, int otherwise) {
      return field(name).hasNumberValue() ? port(name, field(name)) : otherwise;
    }

    private int port(String name, Value field) {
      double number = field.getNumberValue();
      if (number != Math.rint(number) || number < 1 || number > MAX_PORT) {
        throw refused(name, String.valueOf(number), "1-" + MAX_PORT);
      }
      return (int) number;
    }

    Optional<ProxyNode.Captured> captured() {
      String policy = text("capture", "");
      if (policy.isEmpty()) {
        return Optional.empty();
      }
      ProxyNode.Outside outside =
          Arrays.stream(ProxyNode.Outside.values())
              .filter(known -> known.name().equals(policy))
              .findFirst()
              .orElseThrow(() -> refused("capture", policy, "ALLOW_ANY or REGISTRY_ONLY"));
      return Optional.of(new ProxyNode.Captured(outside, field("ipv6").getBoolValue()));
    }

    List<ExplicitUpstream> upstreams() {
      List<Value> items = field("upstreams").getListValue().getValuesList();
      if (items.size() > MAX_UPSTREAMS) {
        throw refused("upstreams", items.size() + " items", "at most " + MAX_UPSTREAMS);
      }
      List<ExplicitUpstream> upstreams = new ArrayList<>();
      for (int i = 0; i < items.size(); i++) {
        upstreams.add(upstream("upstreams[" + i + "]", items.get(i).getStructValue()));
      }
      return upstreams;
    }

    private ExplicitUpstream upstream(String at, Struct item) {
      Value none = Value.newBuilder().build();
      String listen = item.getFieldsOrDefault("listen", none).getStringValue();
      SocketPlace place = SocketPlace.parse("node.metadata.hawser." + at + ".listen", listen);
      if (!place.isLiteral()) {
        throw refused(at + ".listen", listen, "an IP address and a port");
      }
      return new ExplicitUpstream(
          ServiceName.parse(item.getFieldsOrDefault("service", none).getStringValue()),
          port(at + ".port", item.getFieldsOrDefault("port", none)),
          place);
    }
  }
}
