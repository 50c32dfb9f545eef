package dev.hawser.proxy.model;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Names with values that select a subset of endpoints. The hash is worked out once, since a request
 * looks a subset up by it. Immutable.
 */
public final class LabelSet {
  /** No labels. */
  public static final LabelSet NONE = of(Map.of());

  private final Map<String, String> labels;
  private final Set<String> names;
  private final int hash;

  private LabelSet(Map<String, String> labels) {
    this.labels = labels;
    this.names = labels.keySet();
    this.hash = labels.hashCode();
  }

  /** Returns a set of these labels. */
  public static LabelSet of(Map<String, String> labels) {
    return new LabelSet(Map.copyOf(labels));
  }

  /** Returns the names. */
  public Set<String> names() {
    return names;
  }

  public boolean isEmpty() {
    return labels.isEmpty();
  }

  /** Returns the value of a name, or null. */
  public @Nullable String get(String name) {
    return labels.get(name);
  }

  /** Returns the labels of these names; those that are absent are left out. */
  public LabelSet only(Set<String> wanted) {
    Map<String, String> kept = new TreeMap<>(labels);
    kept.keySet().retainAll(wanted);
    return of(kept);
  }

  /** Returns these labels, with those of another in their place where both have one. */
  public LabelSet overriddenBy(LabelSet other) {
    Map<String, String> both = new TreeMap<>(labels);
    both.putAll(other.labels);
    return of(both);
  }

  /** Returns the labels. */
  public Map<String, String> labels() {
    return labels;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LabelSet set && hash == set.hash && labels.equals(set.labels);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return new TreeMap<>(labels).toString();
  }
}
