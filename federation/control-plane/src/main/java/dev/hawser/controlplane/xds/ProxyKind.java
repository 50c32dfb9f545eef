package dev.hawser.controlplane.xds;

import java.util.Locale;
import java.util.Optional;

/** What kind of client a configuration is for. */
public enum ProxyKind {
  /** Hawser's own proxy beside a workload. */
  SIDECAR,
  /** Hawser's own gateway between networks. */
  GATEWAY,
  /** A stock Envoy beside a workload. */
  ENVOY,
  /** A gRPC client without a proxy. */
  GRPC;

  /** Returns the name in node metadata and in statuses. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<ProxyKind> byLabel(String label) {
    for (ProxyKind kind : values()) {
      if (kind.label().equals(label)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** Whether it takes connections for a workload, so that a workload before it is meshed. */
  boolean servesWorkload() {
    return this == SIDECAR || this == ENVOY;
  }
}
