package dev.hawser.proxy.boot;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.host.identity.Enrolment;
import dev.hawser.proxy.config.ProxyConfig;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says to the control plane who and where this proxy is. */
final class NodeFacts {
  private static final Logger LOG = LoggerFactory.getLogger(NodeFacts.class);

  private NodeFacts() {}

  static Node of(ProxyConfig config, Enrolment enrolment) {
    Struct.Builder hawser =
        Struct.newBuilder()
            .putFields("kind", text("sidecar"))
            .putFields("address", text(config.address()))
            .putFields("network", text(config.network().orElse(enrolment.network())))
            .putFields("inboundPort", number(config.listen().inbound()))
            .putFields("outboundPort", number(config.listen().outbound()))
            .putFields("outboundAddress", text(config.listen().outboundAddress()))
            .putFields("appHost", text(config.applicationHost()))
            .putFields("namespace", text(enrolment.id().namespace().orElse("")))
            .putFields("upstreams", upstreams(config));
    config
        .capture()
        .ifPresent(outside ->
            hawser
                .putFields("capture", text(outside.name()))
                .putFields(
                    "ipv6", Value.newBuilder().setBoolValue(isCapturedOverIpv6(config)).build()));
    return Node.newBuilder()
        .setId(config.node())
        .setCluster(enrolment.id().serviceAccount().orElse(""))
        .setLocality(
            Locality.newBuilder()
                .setRegion(config.locality().region())
                .setZone(config.locality().zone())
                .setSubZone(config.locality().subzone()))
        .setUserAgentName("hawser")
        .setMetadata(
            Struct.newBuilder()
                .putFields("hawser", Value.newBuilder().setStructValue(hawser).build()))
        .build();
  }

  /**
   * Whether it listens at {@code ::1} too. A proxy that has an address of its own to listen at
   * leaves that of all others alone.
   */
  static boolean isCapturedOverIpv6(ProxyConfig config) {
    if (config.capture().isEmpty() || !config.listen().outboundAddress().equals("127.0.0.1")) {
      return false;
    }
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
      return socket.isBound();
    } catch (IOException e) {
      LOG.info("Nothing is captured over IPv6: ::1 cannot be listened at. cause={}", e.toString());
      return false;
    }
  }

  private static Value upstreams(ProxyConfig config) {
    ListValue.Builder list = ListValue.newBuilder();
    for (ProxyConfig.ExplicitUpstream upstream : config.upstreams()) {
      list.addValues(
          Value.newBuilder()
              .setStructValue(
                  Struct.newBuilder()
                      .putFields("service", text(upstream.service().toString()))
                      .putFields("port", number(upstream.port()))
                      .putFields(
                          "listen",
                          text(
                              upstream.listen().getHostString()
                                  + ":"
                                  + upstream.listen().getPort()))));
    }
    return Value.newBuilder().setListValue(list).build();
  }

  private static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  private static Value number(int value) {
    return Value.newBuilder().setNumberValue(value).build();
  }
}
