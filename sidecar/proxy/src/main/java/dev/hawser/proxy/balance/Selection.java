package dev.hawser.proxy.balance;

import dev.hawser.proxy.affinity.Affinity;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How the next requests are spread, as of one moment: levels with their shares, localities in a
 * level, endpoints in a locality. Immutable; a pick allocates nothing.
 *
 * @param byHash whether the hash of a request counts
 * @param levels those with a share, which are percents; null if nothing is ready
 * @param serving every endpoint that is ready, best first
 * @param recovering healthy, but not for long enough; used when nothing is ready
 * @param lastResort what is down; used when nothing else is there, since trying costs less than
 *     failing
 */
record Selection(
    boolean byHash,
    @Nullable Weighted<Level> levels,
    List<Endpoint> serving,
    List<Endpoint> recovering,
    List<Endpoint> lastResort,
    List<Share> shares) {

  /**
   * A level's share, for people.
   *
   * @param percent of the requests, 0 to 100
   */
  record Share(int priority, boolean degraded, boolean panic, double percent) {}

  /** Chooses for a first try. */
  @Nullable Endpoint first(Affinity affinity, Rotation rotation) {
    long hash = !byHash ? 0 : affinity.hashed() ? affinity.hash() : rotation.number();
    if (levels != null) {
      Level level =
          byHash
              ? levels.get(levels.atShare((int) Long.remainderUnsigned(hash, 100)))
              : levels.choose(rotation);
      return level.pick(hash, rotation);
    }
    List<Endpoint> rest = recovering.isEmpty() ? lastResort : recovering;
    if (rest.isEmpty()) {
      return null;
    }
    return rest.get(
        byHash ? (int) Long.remainderUnsigned(hash, rest.size()) : rotation.nextIndex(rest.size()));
  }

  /** Whether there is any endpoint to choose. */
  boolean isEmpty() {
    return levels == null && recovering.isEmpty() && lastResort.isEmpty();
  }

  /**
   * Chooses for another try: at a priority that was not tried if that is asked for, far from the
   * failures if possible, at least at another address, at least another endpoint.
   *
   * @param onlyElsewhere whether the same address is no use
   */
  @Nullable Endpoint another(Attempts attempts, boolean onlyElsewhere, Rotation rotation) {
    Predicate<Endpoint> untried = endpoint -> !attempts.wasTried(endpoint);
    Endpoint found = null;
    if (attempts.avoidsPriorities()) {
      found = nearest(untried.and(attempts::isFreshPriority), attempts, onlyElsewhere, rotation);
    }
    return found != null ? found : nearest(untried, attempts, onlyElsewhere, rotation);
  }

  private @Nullable Endpoint nearest(
      Predicate<Endpoint> wanted, Attempts attempts, boolean onlyElsewhere, Rotation rotation) {
    Predicate<Endpoint> elsewhere = wanted.and(attempts::isElsewhere);
    Endpoint found = search(elsewhere.and(attempts::isFar), rotation);
    if (found == null) {
      found = search(elsewhere, rotation);
    }
    return found != null || onlyElsewhere ? found : search(wanted, rotation);
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
