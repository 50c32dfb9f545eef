package dev.hawser.controlplane.enroll;

import dev.hawser.api.admin.TokenRequest;
import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.Protocol;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.Labels;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.token.TokenKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a join token of this cluster gives to whoever redeems it, besides being a member.
 *
 * @param name the VM, the gateway, or the cluster that may use it (empty: any)
 * @param namespace of the workload; empty for a cluster
 * @param serviceAccount of the workload; empty for a cluster
 * @param services what a VM may register, as they were asked for; empty for the others
 */
public record Grant(
    TokenKind kind,
    String name,
    String namespace,
    String serviceAccount,
    List<TokenRequest.LeasedService> services) {
  private static final String GATEWAY = "gateway";
  private static final int MAX_SERVICES = 64;
  private static final int MAX_PORTS = 16;

  public Grant {
    services = List.copyOf(services);
  }

  /**
   * Reads what an operator asked for.
   *
   * @throws IllegalArgumentException if it makes no sense; the message names the field, the value
   *     and what was expected
   */
  public static Grant of(TokenRequest request) {
    TokenKind kind = kind(request.kind());
    Grant grant =
        switch (kind) {
          case CLUSTER -> {
            if (!request.name().isEmpty()) {
              Labels.require("name of the cluster", request.name());
            }
            yield new Grant(kind, request.name(), "", "", List.of());
          }
          case GATEWAY ->
              new Grant(kind, request.name(), SpiffeId.SYSTEM_NAMESPACE, GATEWAY, List.of());
          case WORKLOAD, VM -> workload(kind, request);
        };
    if (kind == TokenKind.VM && grant.services().isEmpty()) {
      throw new IllegalArgumentException(
          "services: none (expected: at least one service that the VM brings; a workload that"
              + " another registry knows takes a WORKLOAD token)");
    }
    grant.grantedServices();
    return grant;
  }

  private static TokenKind kind(String text) {
    try {
      return TokenKind.valueOf(text);
    } catch (IllegalArgumentException _) {
      throw new IllegalArgumentException(
          "kind: '" + text + "' (expected: CLUSTER, VM, WORKLOAD or GATEWAY)");
    }
  }

  private static Grant workload(TokenKind kind, TokenRequest request) {
    Labels.require("namespace", request.namespace());
    Labels.require("serviceAccount", request.serviceAccount());
    if (request.namespace().equals(SpiffeId.SYSTEM_NAMESPACE)) {
      throw new IllegalArgumentException(
          "namespace: '"
              + SpiffeId.SYSTEM_NAMESPACE
              + "' (expected: another one; it is the mesh's own, and gateways take a GATEWAY"
              + " token)");
    }
    if (kind == TokenKind.VM) {
      Labels.require("name of the VM", request.name());
    }
    List<TokenRequest.LeasedService> services =
        kind == TokenKind.VM ? request.services() : List.of();
    return new Grant(kind, request.name(), request.namespace(), request.serviceAccount(), services);
  }

  /** Returns whom the token is for, as lists show it; empty for a cluster's that any may use. */
  public String subject() {
    return switch (kind) {
      case CLUSTER, GATEWAY -> name;
      case VM -> name + " (" + namespace + "/" + serviceAccount + ")";
      case WORKLOAD -> namespace + "/" + serviceAccount;
    };
  }

  /** Returns who the redeemer becomes; empty for a cluster, which gets an authority instead. */
  public Optional<SpiffeId> identity(TrustDomain trustDomain) {
    return kind == TokenKind.CLUSTER
        ? Optional.empty()
        : Optional.of(SpiffeId.workload(trustDomain, namespace, serviceAccount));
  }

  /**
   * Returns the services that a VM may register.
   *
   * @throws IllegalArgumentException if one is not in the form that {@code TokenRequest} describes
   */
  public List<GrantedService> grantedServices() {
    if (services.size() > MAX_SERVICES) {
      throw new IllegalArgumentException(
          "services: " + services.size() + " (expected: at most " + MAX_SERVICES + ")");
    }
    List<GrantedService> granted = new ArrayList<>();
    Set<ServiceName> names = new HashSet<>();
    for (TokenRequest.LeasedService service : services) {
      ServiceName name = ServiceName.parse(service.service());
      if (!name.namespace().equals(namespace)) {
        throw new IllegalArgumentException(
            "service: '"
                + name
                + "' (expected: one in namespace "
                + namespace
                + ", which is the workload's)");
      }
      if (!names.add(name)) {
        throw new IllegalArgumentException("service: '" + name + "' is named twice");
      }
      granted.add(service(name, service));
    }
    return granted;
  }

  private static GrantedService service(ServiceName name, TokenRequest.LeasedService service) {
    if (service.ports().isEmpty() || service.ports().size() > MAX_PORTS) {
      throw new IllegalArgumentException(
          "ports of "
              + name
              + ": "
              + service.ports().size()
              + " (expected: 1-"
              + MAX_PORTS
              + ", e.g. 8080/http=9000)");
    }
    List<ServicePort> ports = new ArrayList<>();
    Map<Integer, Integer> targets = new HashMap<>();
    for (String text : service.ports()) {
      PortText port = PortText.parse(text);
      if (ports.stream().anyMatch(other -> other.number() == port.number())) {
        throw new IllegalArgumentException(
            "ports of " + name + ": " + port.number() + " is named twice");
      }
      ports.add(new ServicePort(port.name(), port.number(), port.protocol()));
      if (port.target() != port.number()) {
        targets.put(port.number(), port.target());
      }
    }
    return new GrantedService(name, ports, targets, Exposure.parse(service.export()));
  }

  /** {@code [name:]port[/protocol][=target]}. */
  private record PortText(String name, int number, Protocol protocol, int target) {
    static PortText parse(String text) {
      int colon = text.indexOf(':');
      String name = colon < 0 ? "" : text.substring(0, colon);
      String rest = text.substring(colon + 1);
      int equals = rest.indexOf('=');
      String head = equals < 0 ? rest : rest.substring(0, equals);
      int slash = head.indexOf('/');
      int number = number(text, slash < 0 ? head : head.substring(0, slash));
      int target = equals < 0 ? number : number(text, rest.substring(equals + 1));
      Protocol protocol =
          slash < 0
              ? Protocol.byPortName(name).orElse(Protocol.TCP)
              : Protocol.byName(head.substring(slash + 1)).orElseThrow(() -> refused(text));
      return new PortText(name, number, protocol, target);
    }

    private static int number(String whole, String text) {
      if (!text.matches("[1-9][0-9]{0,4}") || Integer.parseInt(text) > 65_535) {
        throw refused(whole);
      }
      return Integer.parseInt(text);
    }

    private static IllegalArgumentException refused(String text) {
      return new IllegalArgumentException(
          "port: '"
              + text
              + "' (expected: [name:]port[/protocol][=target], e.g. 8080/http=9000; protocols:"
              + " http, http2, grpc, tcp, tls)");
    }
  }
}
