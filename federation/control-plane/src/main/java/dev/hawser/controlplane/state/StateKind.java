package dev.hawser.controlplane.state;

/** The kinds of documents; each has its own keys. */
public enum StateKind {
  /** The cluster's own facts: UUID, epoch, holder of the root. */
  CLUSTER("cluster", false),
  /** Private keys and certificates of authorities, and the control plane's own. */
  AUTHORITIES("authorities", true),
  /** Trust bundles and revocations. */
  BUNDLES("bundles", false),
  /** Join tokens, hashed. */
  TOKENS("tokens", true),
  /** Other clusters of the federation. */
  MEMBERS("members", false),
  /** What members exported to this cluster, last known. */
  IMPORTS("imports", false),
  /** What this cluster exports and since when. */
  EXPORTS("exports", false),
  /** Slots: number, generation, endpoint. */
  SLOTS("slots", false),
  /** Accepted policies. */
  POLICIES("policies", false),
  /** What VMs may register and their leases. */
  REGISTRATIONS("registrations", false),
  /** The last good state of each registry. */
  REGISTRY_LAST_GOOD("registry-last-good", false),
  /** Endpoints whose proxy was connected. */
  MESHED("meshed", false);

  private final String label;
  private final boolean secret;

  StateKind(String label, boolean secret) {
    this.label = label;
    this.secret = secret;
  }

  /** Returns the name in the store: a DNS label. */
  public String label() {
    return label;
  }

  /** Whether its documents are credentials; a store keeps these apart and closed to others. */
  public boolean isSecret() {
    return secret;
  }
}
