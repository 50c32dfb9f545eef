package dev.hawser.proxy.affinity;

import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.LabelSet;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about the endpoint it wants.
 *
 * @param hashed whether there is a hash; without one a ring is entered anywhere
 * @param hash equal ones go to the same endpoint
 * @param subset labels that the endpoint must have; null if none are asked for
 * @param original where it was going before it came here; null if that is of no interest
 */
public record Affinity(
    boolean hashed, long hash, @Nullable LabelSet subset, @Nullable Address original) {
  /** Of a request that says nothing. */
  public static final Affinity NONE = new Affinity(false, 0, null, null);

  /** Returns one of a request that was going to an address. */
  public static Affinity to(@Nullable Address original) {
    return new Affinity(false, 0, null, original);
  }
}
