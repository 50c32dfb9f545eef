package dev.hawser.api.naming;

/**
 * A cluster's place in the mesh: its name and the mesh domain it shares with its federation.
 * Together they are its trust domain.
 *
 * @param name one RFC 1123 label
 * @param meshDomain lower-case DNS name of at least one label
 */
public record ClusterName(String name, String meshDomain) {
  /**
   * Octets of {@code <cluster>.<mesh domain>}; leaves room for slot, port, service and namespace in
   * 253.
   */
  public static final int MAX_LENGTH = 100;

  public ClusterName {
    Labels.require("cluster name", name);
    for (String label : meshDomain.split("\\.", -1)) {
      Labels.require("mesh domain " + meshDomain, label);
    }
    int length = name.length() + 1 + meshDomain.length();
    if (length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "cluster: '"
              + name
              + "."
              + meshDomain
              + "' has "
              + length
              + " octets (expected: at most "
              + MAX_LENGTH
              + ")");
    }
  }

  /**
   * Returns the trust domain's name, {@code east.mesh.internal}; also the suffix of every SNI of
   * the cluster.
   */
  public String trustDomain() {
    return name + "." + meshDomain;
  }

  /** Returns the SNI that reaches this cluster's control plane through its gateways. */
  public String controlPlaneSni() {
    return "control-plane." + trustDomain();
  }

  /** Returns the SNI that a gateway of this cluster answers itself, for probes. */
  public String gatewaySni() {
    return "gateway." + trustDomain();
  }

  @Override
  public String toString() {
    return trustDomain();
  }
}
