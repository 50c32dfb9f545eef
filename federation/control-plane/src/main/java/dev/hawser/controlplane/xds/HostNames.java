package dev.hawser.controlplane.xds;

import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.MeshHost;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.MeshService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From a request's authority to a service's port, and back to every authority that means it. */
final class HostNames {
  private static final int HTTP_PORT = 80;
  private static final int MAX_PORT = 65_535;

  /** A host without its port; 0 if it names none. */
  record Authority(String host, int port) {}

  private HostNames() {}

  /** Reads {@code host[:port]}; empty if the port is no number of a port. */
  static Optional<Authority> authority(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return Optional.of(new Authority(text, 0));
    }
    String digits = text.substring(colon + 1);
    if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(HostNames::digit)) {
      return Optional.empty();
    }
    int port = Integer.parseInt(digits);
    return port < 1 || port > MAX_PORT
        ? Optional.empty()
        : Optional.of(new Authority(text.substring(0, colon), port));
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  /**
   * Returns the port that an authority means: the one it names; else 80, as for every URL; else the
   * only sensible one, which is the first that speaks HTTP.
   */
  static Optional<ServicePort> port(MeshService service, Authority authority) {
    if (authority.port() != 0) {
      return service.port(authority.port()).filter(port -> port.protocol().isHttp());
    }
    return byDefault(service, Protocol.HTTP);
  }

  /** Returns the port that gRPC means by a service's name alone. */
  static Optional<ServicePort> grpcPort(MeshService service, Authority authority) {
    return authority.port() != 0 ? port(service, authority) : byDefault(service, Protocol.GRPC);
  }

  private static Optional<ServicePort> byDefault(MeshService service, Protocol preferred) {
    List<ServicePort> http =
        service.ports().stream().filter(port -> port.protocol().isHttp()).toList();
    return http.stream()
        .filter(port ->
            preferred == Protocol.GRPC
                ? port.protocol() == Protocol.GRPC
                : port.number() == HTTP_PORT)
        .findFirst()
        .or(() -> http.stream().findFirst());
  }

  /** Returns every authority by which a caller of a namespace means a port, shortest first. */
  static List<String> authorities(
      MeshService service, ServicePort port, String callerNamespace, String consulNamespace) {
    ServiceName name = service.name();
    boolean unnamed =
        port(service, new Authority(name.toString(), 0)).filter(port::equals).isPresent();
    List<String> authorities = new ArrayList<>();
    for (String host : MeshHost.spellings(name)) {
      if (MeshHost.resolve(host, callerNamespace, consulNamespace)
          .filter(name::equals)
          .isPresent()) {
        if (unnamed) {
          authorities.add(host);
        }
        authorities.add(host + ":" + port.number());
      }
    }
    return authorities;
  }
}
