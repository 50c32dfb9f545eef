package dev.hawser.proxy.balance;

import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.LabelSet;
import dev.hawser.proxy.model.Subsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The selections of an upstream's subsets, as of one moment. Immutable; finding the subset of a
 * request is one look-up.
 */
final class SubsetTable {
  private static final Selection NOTHING =
      new Selection(false, null, List.of(), List.of(), List.of(), List.of());

  private final Subsets rules;
  private final Selection all;
  private final Selection byDefault;
  private final Map<LabelSet, Selection> subsets;
  private final Map<Set<String>, Subsets.Selector> selectors = new HashMap<>();

  private SubsetTable(
      Subsets rules, Selection all, Selection byDefault, Map<LabelSet, Selection> subsets) {
    this.rules = rules;
    this.all = all;
    this.byDefault = byDefault;
    this.subsets = subsets;
    rules.selectors().forEach(selector -> selectors.putIfAbsent(selector.names(), selector));
  }

  /**
   * Builds.
   *
   * @param selection builds one of some of the endpoints
   */
  static SubsetTable build(
      Subsets rules,
      List<Endpoint> endpoints,
      Selection all,
      Function<List<Endpoint>, Selection> selection) {
    Map<LabelSet, List<Endpoint>> members = new LinkedHashMap<>();
    for (Subsets.Selector selector : rules.selectors()) {
      for (Endpoint endpoint : endpoints) {
        for (LabelSet labels : values(rules, selector.names(), endpoint.config())) {
          members.computeIfAbsent(labels, _ -> new ArrayList<>()).add(endpoint);
        }
      }
    }
    Map<LabelSet, Selection> made = new HashMap<>();
    members.forEach(
        (labels, some) -> made.put(labels, selection.apply(some.stream().distinct().toList())));
    List<Endpoint> usual =
        endpoints.stream()
            .filter(endpoint -> has(rules, endpoint.config(), rules.defaultSubset()))
            .toList();
    return new SubsetTable(
        rules, all, usual.isEmpty() ? NOTHING : selection.apply(usual), Map.copyOf(made));
  }

  /** Returns the subsets that an endpoint is in: one, or as many as its lists have values. */
  private static List<LabelSet> values(Subsets rules, Set<String> names, EndpointConfig endpoint) {
    List<Map<String, String>> combinations = new ArrayList<>();
    combinations.add(Map.of());
    for (String name : names) {
      EndpointConfig.Label label = endpoint.traits().labels().get(name);
      if (label == null) {
        return List.of();
      }
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> begun : combinations) {
        for (String value : rules.listAsAny() ? label.items() : List.of(label.whole())) {
          Map<String, String> one = new HashMap<>(begun);
          one.put(name, value);
          longer.add(one);
        }
      }
      combinations = longer;
    }
    return combinations.stream().map(LabelSet::of).toList();
  }

  private static boolean has(Subsets rules, EndpointConfig endpoint, LabelSet wanted) {
    return wanted.labels().entrySet().stream()
        .allMatch(entry -> {
          EndpointConfig.Label label = endpoint.traits().labels().get(entry.getKey());
          return label != null
              && (label.whole().equals(entry.getValue())
                  || (rules.listAsAny() && label.items().contains(entry.getValue())));
        });
  }

  /** Returns what serves requests that ask for these labels; null asks for none. */
  Selection find(@Nullable LabelSet wanted) {
    Selection found = wanted == null || wanted.isEmpty() ? null : subsets.get(wanted);
    if (found == null || found.isEmpty()) {
      found = wanted == null ? fallback(rules.fallback()) : instead(wanted);
    }
    return found.isEmpty() && rules.panicAny() ? all : found;
  }

  private Selection instead(LabelSet wanted) {
    Subsets.Selector selector = selectors.get(wanted.names());
    if (selector == null || selector.fallback() == Subsets.Fallback.NOT_DEFINED) {
      return fallback(rules.fallback());
    }
    // Fewer names each time, so this ends.
    return selector.fallback() == Subsets.Fallback.KEYS_SUBSET
        ? find(wanted.only(selector.fallbackNames()))
        : fallback(selector.fallback());
  }

  private Selection fallback(Subsets.Fallback fallback) {
    return switch (fallback) {
      case ANY_ENDPOINT -> all;
      case DEFAULT_SUBSET -> byDefault;
      case NO_FALLBACK, NOT_DEFINED, KEYS_SUBSET -> NOTHING;
    };
  }
}
