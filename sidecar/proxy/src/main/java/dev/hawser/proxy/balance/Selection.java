package dev.hawser.proxy.balance;

import dev.hawser.proxy.model.UpstreamConfig.Policy;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How the next requests are spread, as of one moment: levels with their shares, localities in a
 * level, endpoints in a locality. Immutable; a pick allocates nothing.
 *
 * @param levels those with a share; null if nothing is ready
 * @param serving every endpoint that is ready, best first
 * @param recovering healthy, but not for long enough; used when nothing is ready
 * @param lastResort what is down; used when nothing else is there, since trying costs less than
 *     failing
 */
record Selection(
    Policy policy,
    @Nullable Weighted<Weighted<Weighted<Endpoint>>> levels,
    List<Endpoint> serving,
    List<Endpoint> recovering,
    List<Endpoint> lastResort,
    List<Share> shares) {

  /**
   * A level's share, for people.
   *
   * @param percent of the requests, 0 to 100
   */
  record Share(int priority, boolean degraded, double percent) {}

  /** Chooses for a first try. */
  @Nullable Endpoint first(Rotation rotation) {
    if (levels != null) {
      return inLevel(choose(levels, rotation), rotation);
    }
    List<Endpoint> rest = recovering.isEmpty() ? lastResort : recovering;
    return rest.isEmpty() ? null : rest.get(rotation.nextIndex(rest.size()));
  }

  private static <T> T choose(Weighted<T> from, Rotation rotation) {
    T only = from.only();
    return only != null ? only : from.get(from.at(rotation.chance()));
  }

  private Endpoint inLevel(Weighted<Weighted<Endpoint>> level, Rotation rotation) {
    Weighted<Endpoint> endpoints = choose(level, rotation);
    Endpoint only = endpoints.only();
    if (only != null) {
      return only;
    }
    return switch (policy) {
      case ROUND_ROBIN ->
          endpoints.get(
              endpoints.isEqual()
                  ? rotation.nextIndex(endpoints.size())
                  : endpoints.at(rotation.nextPlace()));
      case RANDOM -> endpoints.get(endpoints.at(rotation.chance()));
      case LEAST_REQUEST -> leastOfTwo(endpoints, rotation);
    };
  }

  private static Endpoint leastOfTwo(Weighted<Endpoint> endpoints, Rotation rotation) {
    int one = endpoints.at(rotation.chance());
    int two = endpoints.at(rotation.chance());
    if (one == two) {
      two = (two + 1) % endpoints.size();
    }
    double loadOne = (endpoints.get(one).active() + 1) / endpoints.weight(one);
    double loadTwo = (endpoints.get(two).active() + 1) / endpoints.weight(two);
    return endpoints.get(loadOne <= loadTwo ? one : two);
  }

  /**
   * Chooses for another try: far from the failures if possible, at least at another address, at
   * least another endpoint.
   *
   * @param onlyElsewhere whether the same address is no use
   */
  @Nullable Endpoint another(Attempts attempts, boolean onlyElsewhere, Rotation rotation) {
    Predicate<Endpoint> untried = endpoint -> !attempts.wasTried(endpoint);
    Predicate<Endpoint> elsewhere = untried.and(attempts::isElsewhere);
    Endpoint found = search(elsewhere.and(attempts::isFar), rotation);
    if (found == null) {
      found = search(elsewhere, rotation);
    }
    return found != null || onlyElsewhere ? found : search(untried, rotation);
  }

  private @Nullable Endpoint search(Predicate<Endpoint> wanted, Rotation rotation) {
    Endpoint found = oneOf(serving, wanted, rotation);
    if (found == null) {
      found = oneOf(recovering, wanted, rotation);
    }
    return found != null ? found : oneOf(lastResort, wanted, rotation);
  }

  /** Chooses evenly among those of the best priority that has any. */
  private static @Nullable Endpoint oneOf(
      List<Endpoint> endpoints, Predicate<Endpoint> wanted, Rotation rotation) {
    int priority = -1;
    int count = 0;
    for (Endpoint endpoint : endpoints) {
      if ((priority < 0 || endpoint.priority() == priority) && wanted.test(endpoint)) {
        priority = endpoint.priority();
        count++;
      }
    }
    if (count == 0) {
      return null;
    }
    int left = rotation.nextIndex(count);
    for (Endpoint endpoint : endpoints) {
      if (endpoint.priority() == priority && wanted.test(endpoint) && left-- == 0) {
        return endpoint;
      }
    }
    return null;
  }
}
