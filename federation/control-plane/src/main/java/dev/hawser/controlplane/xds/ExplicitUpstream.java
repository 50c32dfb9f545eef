package dev.hawser.controlplane.xds;

import dev.hawser.api.naming.ServiceName;

/** A service that a node wants under a local address of its own. */
record ExplicitUpstream(ServiceName service, int port, SocketPlace listen) {
  private static final String PREFIX = "upstream|";

  /** Returns the name of its listener, {@code upstream|orders.shop|8080|127.1.0.10:9001}. */
  String listenerName() {
    return PREFIX + service + "|" + port + "|" + listen;
  }
}
