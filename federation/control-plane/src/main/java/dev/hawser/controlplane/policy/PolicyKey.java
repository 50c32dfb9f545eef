package dev.hawser.controlplane.policy;

import java.util.Comparator;

/**
 * The name of a policy.
 *
 * @param kind {@code DestinationRule} or {@code VirtualService}
 */
public record PolicyKey(String kind, String namespace, String name)
    implements Comparable<PolicyKey> {
  private static final Comparator<PolicyKey> ORDER =
      Comparator.comparing(PolicyKey::kind)
          .thenComparing(PolicyKey::namespace)
          .thenComparing(PolicyKey::name);

  @Override
  public int compareTo(PolicyKey other) {
    return ORDER.compare(this, other);
  }

  /** Returns {@code DestinationRule shop/orders}. */
  @Override
  public String toString() {
    return kind + " " + namespace + "/" + name;
  }
}
