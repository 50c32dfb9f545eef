package dev.hawser.proxy.filter;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What filters say about a request (Envoy's dynamic metadata): by namespace, which is a filter's
 * name, texts, numbers, booleans, lists and maps of them. Lives on one event loop.
 */
public final class Metadata {
  private @Nullable Map<String, Map<String, Object>> namespaces;

  /** Adds to a namespace; a key that is there is replaced. */
  public void put(String namespace, Map<String, ?> values) {
    Map<String, Map<String, Object>> all = namespaces;
    if (all == null) {
      all = new HashMap<>(4);
      namespaces = all;
    }
    all.computeIfAbsent(namespace, _ -> new HashMap<>()).putAll(values);
  }

  /** Returns a namespace's values, maybe none. */
  public Map<String, Object> get(String namespace) {
    Map<String, Map<String, Object>> all = namespaces;
    return all == null ? Map.of() : all.getOrDefault(namespace, Map.of());
  }

  /**
   * Returns what is at a path of keys, or null.
   *
   * @param path at least one key; every one but the last leads to a map
   */
  public @Nullable Object get(String namespace, Iterable<String> path) {
    Object found = get(namespace);
    for (String key : path) {
      if (!(found instanceof Map<?, ?> map)) {
        return null;
      }
      found = map.get(key);
    }
    return found;
  }
}
