package dev.hawser.controlplane.xds;

import java.util.Optional;

/**
 * The types of resources that are served, in the order in which a change of several is sent: what
 * is pointed at before what points at it.
 */
enum ResourceType {
  SECRET("envoy.extensions.transport_sockets.tls.v3.Secret", "SDS", false),
  CLUSTER("envoy.config.cluster.v3.Cluster", "CDS", true),
  ENDPOINT("envoy.config.endpoint.v3.ClusterLoadAssignment", "EDS", false),
  LISTENER("envoy.config.listener.v3.Listener", "LDS", true),
  ROUTE("envoy.config.route.v3.RouteConfiguration", "RDS", false),
  VIRTUAL_HOST("envoy.config.route.v3.VirtualHost", "VHDS", false);

  private final String url;
  private final String label;
  private final boolean wholeState;

  ResourceType(String message, String label, boolean wholeState) {
    this.url = "type.googleapis.com/" + message;
    this.label = label;
    this.wholeState = wholeState;
  }

  String url() {
    return url;
  }

  /** Returns the discovery service's usual name, for people. */
  String label() {
    return label;
  }

  /**
   * Whether a subscription without names means everything, and a state-of-the-world response names
   * everything, so that what it leaves out is gone.
   */
  boolean wholeState() {
    return wholeState;
  }

  static Optional<ResourceType> of(String url) {
    for (ResourceType type : values()) {
      if (type.url.equals(url)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
