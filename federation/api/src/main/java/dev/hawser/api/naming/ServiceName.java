package dev.hawser.api.naming;

import java.util.Comparator;

/**
 * A service's one name, the same in every cluster: {@code orders.shop}.
 *
 * @param name one RFC 1123 label
 * @param namespace one RFC 1123 label
 */
public record ServiceName(String name, String namespace) implements Comparable<ServiceName> {
  private static final Comparator<ServiceName> ORDER =
      Comparator.comparing(ServiceName::namespace).thenComparing(ServiceName::name);

  public ServiceName {
    Labels.require("service name", name);
    Labels.require("namespace", namespace);
  }

  /**
   * Reads {@code name.namespace}.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static ServiceName parse(String text) {
    int dot = text.indexOf('.');
    if (dot < 0) {
      throw new IllegalArgumentException(
          "service: '" + text + "' (expected: name.namespace, e.g. orders.shop)");
    }
    return new ServiceName(text.substring(0, dot), text.substring(dot + 1));
  }

  /**
   * Whether it is one that never crosses a cluster's border: {@code kube-*} namespaces and {@code
   * kubernetes.default}.
   */
  public boolean isClusterInternal() {
    return namespace.startsWith("kube-")
        || (namespace.equals("default") && name.equals("kubernetes"));
  }

  @Override
  public int compareTo(ServiceName other) {
    return ORDER.compare(this, other);
  }

  /** Returns {@code name.namespace}. */
  @Override
  public String toString() {
    return name + "." + namespace;
  }
}
