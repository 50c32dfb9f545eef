package dev.hawser.proxy.boot;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.host.identity.Enrolment;
import dev.hawser.proxy.config.ProxyConfig;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Node;

/** Says to the control plane who and where this proxy is. */
final class NodeFacts {
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
