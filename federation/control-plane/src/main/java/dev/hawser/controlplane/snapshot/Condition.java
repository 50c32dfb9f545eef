package dev.hawser.controlplane.snapshot;

import dev.hawser.api.naming.ServiceName;

/**
 * Something about a service that a person should see.
 *
 * @param detail a full sentence that names the values and what was decided
 */
public record Condition(ServiceName service, Kind kind, String detail)
    implements Comparable<Condition> {
  /** What it is about. */
  public enum Kind {
    /** Two registries or clusters disagree about a port. */
    PORT_CONFLICT,
    /** Registries of this cluster disagree about who may use the service. */
    EXPOSURE_CONFLICT,
    /** Another cluster exports a name that is private here. */
    NAME_CONFLICT,
    /** Another cluster exports a name that never crosses a cluster's border. */
    INTERNAL_NAME,
    /** Another cluster claims identities that are not its own. */
    FOREIGN_IDENTITY,
    /** An endpoint has no proxy of the mesh and is not called. */
    NO_PROXY,
    /** Two registries report the same address for the same service. */
    DUPLICATE_ADDRESS,
    /** An endpoint's own report makes it impossible to call. */
    UNUSABLE_ENDPOINT,
    /** A policy cannot do what it says. */
    POLICY_WITHOUT_EFFECT;

    /** Returns the kind as people read it, e.g. {@code port-conflict}. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  @Override
  public int compareTo(Condition other) {
    int byService = service.compareTo(other.service);
    if (byService != 0) {
      return byService;
    }
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : detail.compareTo(other.detail);
  }
}
