package dev.hawser.controlplane.xds;

import dev.hawser.api.model.Locality;
import dev.hawser.trust.spiffe.SpiffeId;
import java.util.List;
import java.util.Optional;

/**
 * A client of the configuration stream: what its certificate proves and what it says about itself.
 *
 * @param id unique among nodes
 * @param identity of its certificate
 * @param namespace of the identity; a node cannot choose it
 * @param address IP literal where it listens; empty if it does not
 * @param network what it can route to directly
 * @param inboundPort where it takes connections of the mesh (a gateway: of other clusters)
 * @param outboundAddress where it listens for its own workload
 * @param captured what a packet filter does for it; empty if its workload addresses it
 * @param appHost where its workload listens
 * @param advertise {@code host:port} where a gateway is reached from other networks; empty
 *     otherwise
 */
record ProxyNode(
    String id,
    ProxyKind kind,
    SpiffeId identity,
    String namespace,
    String address,
    String network,
    Locality locality,
    int inboundPort,
    String outboundAddress,
    int outboundPort,
    Optional<Captured> captured,
    String appHost,
    List<ExplicitUpstream> upstreams,
    String advertise) {
  /**
   * A packet filter redirects what the workload opens, and what comes for it.
   *
   * @param outside what it may call that is no service of the mesh
   * @param ipv6 whether {@code ::1} is there to listen at as well
   */
  record Captured(Outside outside, boolean ipv6) {}

  /** What a captured workload may call that is in no registry, by Istio's words. */
  enum Outside {
    ALLOW_ANY,
    REGISTRY_ONLY
  }

  ProxyNode {
    upstreams = List.copyOf(upstreams);
  }
}
