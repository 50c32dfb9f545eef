package dev.hawser.controlplane.xds;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a client is subscribed to, of one type: everything, or names, or both. */
final class Names {
  static final String EVERYTHING = "*";
  static final int MAX_NAMES = 10_000;
  static final int MAX_LENGTH = 512;

  private final Set<String> names = new HashSet<>();
  private boolean everything;

  boolean isEmpty() {
    return !everything && names.isEmpty();
  }

  boolean everything() {
    return everything;
  }

  void everything(boolean value) {
    everything = value;
  }

  Set<String> names() {
    return names;
  }

  /** Returns whether it is a new one. */
  boolean add(String name) {
    if (name.length() > MAX_LENGTH) {
      throw new SubscriptionRefusedException(
          "resource name of "
              + name.length()
              + " characters (expected: at most "
              + MAX_LENGTH
              + ")");
    }
    if (!names.contains(name) && names.size() >= MAX_NAMES) {
      throw new SubscriptionRefusedException(
          "more than " + MAX_NAMES + " resource names of one type");
    }
    return names.add(name);
  }

  /** Makes these the only names; returns whether that changed anything. */
  boolean replace(Collection<String> wanted) {
    Set<String> next = new HashSet<>(wanted);
    boolean star = next.remove(EVERYTHING);
    boolean changed = star != everything || !next.equals(names);
    everything = star;
    names.retainAll(next);
    next.forEach(this::add);
    return changed;
  }

  /** Returns all that exists and is subscribed to. */
  SortedMap<String, XdsResource> find(Lookup lookup) {
    SortedMap<String, XdsResource> found = new TreeMap<>();
    if (everything) {
      found.putAll(lookup.everything());
    }
    for (String name : names) {
      if (!found.containsKey(name)) {
        lookup.named(name).ifPresent(resource -> found.put(name, resource));
      }
    }
    return found;
  }
}
