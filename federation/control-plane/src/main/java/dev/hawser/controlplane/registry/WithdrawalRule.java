package dev.hawser.controlplane.registry;

import dev.hawser.api.naming.ServiceName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The guard's pure decision: is what is missing between two states something that was deleted, or
 * something that a source forgot? Only endpoints that were ready count, since only they carry
 * traffic; an endpoint that is still listed but no longer ready is as gone as one that is not
 * listed. Losses are counted per service, so that an instance replaced by another is no loss.
 *
 * <ul>
 *   <li><b>After a (re)connect or relist</b> (the state is {@code resynced}): it is a mass
 *       withdrawal if nothing is left, or if more than {@code share} of the endpoints and at least
 *       {@code least} of them are gone.
 *   <li><b>While that settles</b> (within {@code settling} of a resynced state): the same, compared
 *       with what was served before the resync, but a loss that concerns one service alone passes
 *       while anything else still serves.
 *   <li><b>At any other time</b>: only if the whole source goes from two or more serving services
 *       to none at all within {@code sudden}. A single service that goes to zero passes, also when
 *       it is the source's only one; so does every loss that leaves anything serving.
 * </ul>
 *
 * @param share of the ready endpoints, 0 to 1, exclusive bound
 * @param least endpoints, at least 1
 * @param settling how long after a resynced state the source is still doubted: a registry that came
 *     back often forgets in steps, e.g. checks that turn critical until they have run again
 * @param sudden within which an emptying counts as one step, although its events come one by one
 * @param longest how long a hold may last
 */
public record WithdrawalRule(
    double share, int least, Duration settling, Duration sudden, Duration longest) {
  /** More than 30 % and at least 3 endpoints; 10 s; 2 s; 30 min. */
  public static final WithdrawalRule DEFAULT =
      new WithdrawalRule(
          0.30, 3, Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofMinutes(30));

  public WithdrawalRule {
    if (share < 0 || share >= 1) {
      throw new IllegalArgumentException(
          "withdrawal guard share: " + share + " (expected: 0 or more, less than 1)");
    }
    if (least < 1) {
      throw new IllegalArgumentException(
          "withdrawal guard least: " + least + " (expected: at least 1 endpoint)");
    }
    requirePositive("settling", settling);
    requirePositive("sudden", sudden);
    requirePositive("longest", longest);
  }

  /**
   * Judges a state that came after a (re)connect or relist.
   *
   * @param before ready endpoints by service that were served before
   * @param after ready endpoints by service that would be served now
   * @return why it is a mass withdrawal, as a sentence; empty if it is none
   */
  public Optional<String> judgeResynced(
      Map<ServiceName, Integer> before, Map<ServiceName, Integer> after) {
    int had = total(before);
    int lost = lost(before, after);
    if (had > 0 && total(after) == 0) {
      return Optional.of("after a resync nothing is left of " + had + " ready endpoints");
    }
    if (lost >= least && lost > share * had) {
      return Optional.of("after a resync " + lost + " of " + had + " ready endpoints are gone");
    }
    return Optional.empty();
  }

  /**
   * Judges a state that came while a resync settles.
   *
   * @param before ready endpoints by service that were served before the resync
   * @param after ready endpoints by service that would be served now
   * @return why it is a mass withdrawal, as a sentence; empty if it is none
   */
  public Optional<String> judgeSettling(
      Map<ServiceName, Integer> before, Map<ServiceName, Integer> after) {
    long hit =
        before.entrySet().stream()
            .filter(entry -> after.getOrDefault(entry.getKey(), 0) < entry.getValue())
            .count();
    return hit <= 1 && total(after) > 0 ? Optional.empty() : judgeResynced(before, after);
  }

  /**
   * Judges a state that came from a watch that never broke.
   *
   * @param before ready endpoints by service that were served {@code sudden} ago
   * @param after ready endpoints by service that would be served now
   * @return why it is a mass withdrawal, as a sentence; empty if it is none
   */
  public Optional<String> judgeWatched(
      Map<ServiceName, Integer> before, Map<ServiceName, Integer> after) {
    long serving = before.values().stream().filter(count -> count > 0).count();
    if (serving >= 2 && total(after) == 0) {
      return Optional.of(
          "all "
              + serving
              + " serving services with "
              + total(before)
              + " ready endpoints went within "
              + sudden.toMillis()
              + " ms");
    }
    return Optional.empty();
  }

  static int total(Map<ServiceName, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static int lost(Map<ServiceName, Integer> before, Map<ServiceName, Integer> after) {
    int lost = 0;
    for (Map.Entry<ServiceName, Integer> entry : before.entrySet()) {
      lost += Math.max(0, entry.getValue() - after.getOrDefault(entry.getKey(), 0));
    }
    return lost;
  }

  private static void requirePositive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          "withdrawal guard " + what + ": " + value + " (expected: more than zero)");
    }
  }
}
