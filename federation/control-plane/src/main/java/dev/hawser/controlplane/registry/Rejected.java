package dev.hawser.controlplane.registry;

/**
 * An item of a source that could not be taken.
 *
 * @param item what it is there: {@code Service shop/Orders}, {@code orders.yaml#2}
 * @param reason a sentence that names the value, what was expected, and where
 */
public record Rejected(String item, String reason) {
  /** Returns {@code item: reason}. */
  @Override
  public String toString() {
    return item + ": " + reason;
  }
}
