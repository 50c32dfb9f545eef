package dev.hawser.engine.xds;

import java.io.Serial;

/** A resource that this proxy cannot obey. The control plane is told field and reason (NACK). */
public final class ResourceRejectedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final String field;

  /**
   * Makes a rejection.
   *
   * @param field path within the resource, e.g. {@code lb_policy} or {@code
   *     filter_chains[0].filters[1]}
   * @param reason the value that was found and what was expected
   */
  public ResourceRejectedException(String field, String reason) {
    super(field + ": " + reason);
    this.field = field;
  }

  /** Returns the path within the resource. */
  public String field() {
    return field;
  }
}
