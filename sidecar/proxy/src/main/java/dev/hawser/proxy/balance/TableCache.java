package dev.hawser.proxy.balance;

import dev.hawser.proxy.model.Balancing.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables of one selection, with those of the one before: most changes of health leave a table
 * as it is, and a table costs milliseconds. Only the thread that builds may call.
 */
final class TableCache {
  private record Key(Method method, List<String> hosts, List<Double> weights) {}

  private final Map<Key, HashTable> before;
  private final Map<Key, HashTable> now = new HashMap<>();

  private TableCache(Map<Key, HashTable> before) {
    this.before = before;
  }

  /** Makes one that has nothing to reuse. */
  static TableCache empty() {
    return new TableCache(Map.of());
  }

  /** Makes the one for the next selection. */
  TableCache next() {
    return new TableCache(now);
  }

  static boolean isByHash(Method method) {
    return method instanceof Method.RingHash || method instanceof Method.Maglev;
  }

  /**
   * Returns the table of these endpoints.
   *
   * @param weights above 0
   * @return null if the method does not look at hashes
   */
  @Nullable HashTable get(Method method, List<Endpoint> hosts, List<Double> weights) {
    return switch (method) {
      case Method.RingHash ring ->
          get(
              method,
              keys(hosts, ring.byServerName()),
              weights,
              (keys, shares) -> Ring.of(keys, shares, ring));
      case Method.Maglev(int size, boolean byServerName) ->
          get(
              method,
              keys(hosts, byServerName),
              weights,
              (keys, shares) -> MaglevTable.of(keys, shares, size));
      default -> null;
    };
  }

  private interface Maker {
    HashTable make(List<byte[]> keys, double[] weights);
  }

  private HashTable get(Method method, List<byte[]> keys, List<Double> weights, Maker maker) {
    Key key =
        new Key(
            method,
            keys.stream()
                .map(name -> new String(name, java.nio.charset.StandardCharsets.UTF_8))
                .toList(),
            weights);
    HashTable known = before.get(key);
    HashTable table =
        known != null ? known : now.computeIfAbsent(key, _ -> maker.make(keys, shares(weights)));
    now.put(key, table);
    return table;
  }

  private static double[] shares(List<Double> weights) {
    double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
    double[] shares = new double[weights.size()];
    Arrays.setAll(shares, i -> weights.get(i) / sum);
    return shares;
  }

  private static List<byte[]> keys(List<Endpoint> hosts, boolean byServerName) {
    return hosts.stream().map(host -> host.hashKey(byServerName)).toList();
  }
}
