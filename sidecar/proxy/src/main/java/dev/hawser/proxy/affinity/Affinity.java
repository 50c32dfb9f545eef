package dev.hawser.proxy.affinity;

import dev.hawser.proxy.model.LabelSet;
import org.jspecify.annotations.Nullable;

/**
 * What a request says about the endpoint it wants.
 *
 * @param hashed whether there is a hash; without one a ring is entered anywhere
 * @param hash equal ones go to the same endpoint
 * @param subset labels that the endpoint must have; null if none are asked for
 */
public record Affinity(boolean hashed, long hash, @Nullable LabelSet subset) {
  /** Of a request that says nothing. */
  public static final Affinity NONE = new Affinity(false, 0, null);
}
