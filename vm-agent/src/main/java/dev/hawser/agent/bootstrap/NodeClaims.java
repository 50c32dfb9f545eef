package dev.hawser.agent.bootstrap;

import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.config.UpstreamSpec;
import dev.hawser.api.model.Locality;
import dev.hawser.host.identity.Enrolment;
import java.net.InetAddress;
import java.util.Map;

/** What a program says to the control plane about who and where it is. */
final class NodeClaims {
  private static final int USUAL_INBOUND = 15_006;
  private static final int USUAL_OUTBOUND = 15_001;

  private NodeClaims() {}

  /** Returns those of the Envoy that serves this host in place of the agent's proxy. */
  static Ordered envoy(AgentConfig config, Enrolment enrolment) {
    InetAddress own = InetAddress.ofLiteral(config.address());
    String local = own.isLoopbackAddress() ? config.address() : "127.0.0.1";
    Ordered claims =
        Ordered.map()
            .with("kind", "envoy")
            .with("address", config.address())
            .with("network", enrolment.network())
            .with("inboundPort", or(config.ports().inbound(), USUAL_INBOUND))
            .with("outboundAddress", local)
            .with("outboundPort", or(config.ports().outbound(), USUAL_OUTBOUND))
            .with("appHost", config.appHost())
            .with("upstreams", config.upstreams().stream().map(NodeClaims::upstream).toList());
    return node(config, enrolment, config.name(), claims);
  }

  /** Returns those of a gRPC client: it serves nothing, so nobody has to find it. */
  static Ordered grpc(AgentConfig config, Enrolment enrolment) {
    Ordered claims = Ordered.map().with("kind", "grpc").with("network", enrolment.network());
    return node(config, enrolment, config.name() + "-grpc", claims);
  }

  private static Ordered node(AgentConfig config, Enrolment enrolment, String id, Ordered claims) {
    Ordered node =
        Ordered.map().with("id", id).with("cluster", enrolment.id().serviceAccount().orElse(id));
    Locality place = Locality.parse(config.locality());
    if (!place.region().isEmpty()) {
      node.with(
          "locality",
          Ordered.map()
              .with("region", place.region())
              .with("zone", place.zone())
              .with("sub_zone", place.subzone()));
    }
    return node.with("metadata", Map.of("hawser", claims));
  }

  private static Ordered upstream(UpstreamSpec upstream) {
    return Ordered.map()
        .with("service", upstream.service())
        .with("port", upstream.port())
        .with("listen", upstream.listen());
  }

  private static int or(int port, int usual) {
    return port == 0 ? usual : port;
  }
}
