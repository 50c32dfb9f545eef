package dev.hawser.api.naming;

import java.util.List;
import java.util.Optional;

/**
 * The host names by which a caller may mean a service, the same from a pod and from a VM: {@code
 * orders} and {@code orders.shop} by search rules, the Kubernetes and the multi-cluster long forms,
 * and Consul's.
 */
public final class MeshHost {
  private static final String CLUSTER_LOCAL = ".svc.cluster.local";
  private static final String CLUSTER_SET = ".svc.clusterset.local";
  private static final String SVC = ".svc";
  private static final String CONSUL = ".service.consul";

  private MeshHost() {}

  /**
   * Reads a host name as a service.
   *
   * @param host without port; case and one trailing dot do not matter
   * @param callerNamespace the namespace that a bare name is looked up in
   * @param consulNamespace the namespace that {@code X.service.consul} means
   * @return empty if the host is not in the shape of a mesh name
   */
  public static Optional<ServiceName> resolve(
      String host, String callerNamespace, String consulNamespace) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    StringBuilder lower = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      lower.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    name = lower.toString();
    if (name.endsWith(CONSUL)) {
      return of(name.substring(0, name.length() - CONSUL.length()), consulNamespace);
    }
    for (String suffix : List.of(CLUSTER_LOCAL, CLUSTER_SET, SVC)) {
      if (name.endsWith(suffix)) {
        return twoLabels(name.substring(0, name.length() - suffix.length()));
      }
    }
    return name.indexOf('.') < 0 ? of(name, callerNamespace) : twoLabels(name);
  }

  /** Returns every spelling that reaches the service from its own namespace, shortest first. */
  public static List<String> spellings(ServiceName service) {
    return List.of(
        service.name(),
        service.toString(),
        service + SVC,
        service + CLUSTER_LOCAL,
        service + CLUSTER_SET,
        service.name() + CONSUL);
  }

  private static Optional<ServiceName> twoLabels(String text) {
    int dot = text.indexOf('.');
    return dot < 0 ? Optional.empty() : of(text.substring(0, dot), text.substring(dot + 1));
  }

  private static Optional<ServiceName> of(String name, String namespace) {
    return Labels.isLabel(name) && Labels.isLabel(namespace)
        ? Optional.of(new ServiceName(name, namespace))
        : Optional.empty();
  }
}
