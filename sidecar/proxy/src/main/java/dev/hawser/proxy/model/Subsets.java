package dev.hawser.proxy.model;

import java.util.List;
import java.util.Set;

/**
 * Parts of an upstream's endpoints that routes may ask for by labels.
 *
 * @param fallback for a request that asks for nothing, or for what no selector knows
 * @param defaultSubset used by {@link Fallback#DEFAULT_SUBSET}
 * @param listAsAny whether an endpoint with a list of values is in the subset of each of them
 * @param panicAny whether any endpoint serves when neither the subset nor its fallback has one
 */
public record Subsets(
    Fallback fallback,
    LabelSet defaultSubset,
    List<Selector> selectors,
    boolean listAsAny,
    boolean panicAny) {
  /** What takes a request whose subset has no endpoint. */
  public enum Fallback {
    /** The upstream's own fallback; only of a selector. */
    NOT_DEFINED,
    NO_FALLBACK,
    ANY_ENDPOINT,
    DEFAULT_SUBSET,
    /** The subset by fewer names; only of a selector. */
    KEYS_SUBSET
  }

  /**
   * Names by whose values endpoints are divided.
   *
   * @param fallbackNames those that count for {@link Fallback#KEYS_SUBSET}
   */
  public record Selector(Set<String> names, Fallback fallback, Set<String> fallbackNames) {
    public Selector {
      names = Set.copyOf(names);
      fallbackNames = Set.copyOf(fallbackNames);
      boolean fewer = fallbackNames.size() < names.size() && names.containsAll(fallbackNames);
      if (fallback == Fallback.KEYS_SUBSET && (fallbackNames.isEmpty() || !fewer)) {
        throw new IllegalArgumentException(
            "fallback keys " + fallbackNames + " (expected: some but not all of " + names + ")");
      }
    }
  }

  public Subsets {
    selectors = List.copyOf(selectors);
  }
}
