package dev.hawser.proxy.balance;

import dev.hawser.proxy.model.Balancing.Method;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Endpoints that share a load: the healthy or the degraded of one priority. Immutable; a pick
 * allocates nothing.
 */
final class Level {
  private final Method method;
  private final Weighted<Weighted<Endpoint>> localities;
  private final List<Endpoint> hosts;
  private final @Nullable HashTable table;
  private final LongSupplier clock;

  /**
   * Makes one.
   *
   * @param localities empty if nothing may take the load
   * @param hosts that the table's indexes mean
   * @param table null if the method does not look at hashes
   */
  Level(
      Method method,
      Weighted<Weighted<Endpoint>> localities,
      List<Endpoint> hosts,
      @Nullable HashTable table,
      LongSupplier clock) {
    this.method = method;
    this.localities = localities;
    this.hosts = hosts;
    this.table = table;
    this.clock = clock;
  }

  /**
   * Chooses.
   *
   * @param hash used by methods that look at hashes
   * @return null if nothing may take the load
   */
  @Nullable Endpoint pick(long hash, Rotation rotation) {
    HashTable byHash = table;
    if (byHash != null) {
      return hosts.get(byHash.find(hash));
    }
    if (localities.size() == 0) {
      return null;
    }
    Weighted<Endpoint> endpoints = localities.choose(rotation);
    Endpoint only = endpoints.only();
    if (only != null) {
      return only;
    }
    return switch (method) {
      case Method.RoundRobin _ ->
          endpoints.get(
              endpoints.isEqual()
                  ? rotation.nextIndex(endpoints.size())
                  : endpoints.at(rotation.nextPlace()));
      case Method.LeastRequest(int choices, double bias) ->
          leastLoaded(endpoints, choices, bias, rotation);
      case Method.PeakEwma _ -> cheaperOfTwo(endpoints, rotation);
      case Method.Random _, Method.RingHash _, Method.Maglev _ ->
          endpoints.get(endpoints.at(rotation.chance()));
    };
  }

  private static Endpoint leastLoaded(
      Weighted<Endpoint> endpoints, int choices, double bias, Rotation rotation) {
    int first = endpoints.at(rotation.chance());
    Endpoint best = endpoints.get(first);
    double least = load(best, bias) / endpoints.weight(first);
    int last = first;
    for (int i = 1; i < choices; i++) {
      int index = endpoints.at(rotation.chance());
      if (index == last) {
        index = (index + 1) % endpoints.size();
      }
      last = index;
      Endpoint other = endpoints.get(index);
      double load = load(other, bias) / endpoints.weight(index);
      if (load < least) {
        least = load;
        best = other;
      }
    }
    return best;
  }

  private static double load(Endpoint endpoint, double bias) {
    int atWork = endpoint.active() + 1;
    return bias == 1 ? atWork : Math.pow(atWork, bias);
  }

  private Endpoint cheaperOfTwo(Weighted<Endpoint> endpoints, Rotation rotation) {
    int one = endpoints.at(rotation.chance());
    int two = endpoints.at(rotation.chance());
    if (one == two) {
      two = (two + 1) % endpoints.size();
    }
    long now = clock.getAsLong();
    double costOne = cost(endpoints.get(one), now) / endpoints.weight(one);
    double costTwo = cost(endpoints.get(two), now) / endpoints.weight(two);
    return endpoints.get(costOne <= costTwo ? one : two);
  }

  /** One that has never answered must not look free while requests pile up on it. */
  private static double cost(Endpoint endpoint, long now) {
    return (endpoint.latency(now) + 1) * (endpoint.active() + 1);
  }
}
