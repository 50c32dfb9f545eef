package dev.hawser.api.model;

import java.util.Locale;
import java.util.Optional;

/** What a port speaks, as declared by its name or {@code appProtocol}. */
public enum Protocol {
  HTTP,
  HTTP2,
  GRPC,
  TCP,
  TLS;

  /** Whether requests of this protocol are routed one by one. */
  public boolean isHttp() {
    return this == HTTP || this == HTTP2 || this == GRPC;
  }

  /**
   * Reads a protocol's name as Kubernetes and Istio spell it in port names and {@code appProtocol}:
   * {@code http}, {@code http2}, {@code kubernetes.io/h2c}, {@code grpc}, {@code grpc-web}, {@code
   * tcp}, {@code tls}, {@code https}.
   */
  public static Optional<Protocol> byName(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "http", "http1" -> Optional.of(HTTP);
      case "http2", "h2c", "kubernetes.io/h2c" -> Optional.of(HTTP2);
      case "grpc", "grpc-web" -> Optional.of(GRPC);
      case "tcp", "mongo", "redis", "mysql", "postgres" -> Optional.of(TCP);
      case "tls", "https" -> Optional.of(TLS);
      default -> Optional.empty();
    };
  }

  /**
   * Reads a port's name by Istio's rule: the protocol is the part before the first dash ({@code
   * http-web}).
   */
  public static Optional<Protocol> byPortName(String portName) {
    int dash = portName.indexOf('-');
    return byName(dash < 0 ? portName : portName.substring(0, dash));
  }

  /** Returns the lower-case name that {@link #byName} reads back. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
