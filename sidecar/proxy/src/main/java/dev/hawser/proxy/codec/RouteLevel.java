package dev.hawser.proxy.codec;

import dev.hawser.proxy.model.FilterOverride;
import dev.hawser.proxy.model.HeaderOps;
import dev.hawser.proxy.model.RateLimits;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.RouteRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a table or a virtual host says for all routes in it.
 *
 * @param specificWins whether changes of heads are made from the outside in, so that what is said
 *     last, and most specifically, wins
 */
record RouteLevel(
    HeaderOps headers,
    Map<String, FilterOverride> filters,
    Optional<RetryRule> retry,
    List<RouteRule.Mirror> mirrors,
    RouteRule.AttemptCount attemptCount,
    List<RateLimits.Rule> limits,
    boolean specificWins) {
  /** Says nothing. */
  static final RouteLevel NONE =
      new RouteLevel(
          HeaderOps.NONE,
          Map.of(),
          Optional.empty(),
          List.of(),
          RouteRule.AttemptCount.UNTOLD,
          List.of(),
          false);

  /** Returns the changes of heads of something in this level and of the level itself. */
  HeaderOps with(HeaderOps inner) {
    return specificWins ? headers.then(inner) : inner.then(headers);
  }
}
