package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.filter.RouteSettings;
import dev.hawser.proxy.http.HeaderValue;
import dev.hawser.proxy.model.HeaderOps;
import dev.hawser.proxy.model.RouteRule;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A rule, ready for use. Immutable. */
public final class Route {
  private final RouteRule rule;
  private final boolean takesAll;
  private final Way[] ways;
  private final long totalWeight;
  private final Optional<String> randomHeader;

  /**
   * One of the ways that a request that the rule takes may go.
   *
   * @param target null if the action has none, or a header names it
   * @param settings what is said about filters; null if nothing
   */
  record Way(
      RouteRule.@Nullable Target target, @Nullable RouteSettings settings, HeaderOps headers) {}

  Route(RouteRule rule, Filters filters) {
    this.rule = rule;
    this.takesAll = RuleMatcher.takesAll(rule.match());
    if (rule.action() instanceof RouteRule.Action.Forward forward
        && forward.choice()
            instanceof RouteRule.Choice.Weighted(List<RouteRule.Target> targets, var header)) {
      this.ways =
          targets.stream()
              .map((RouteRule.Target target) ->
                  new Way(target, filters.settings(target.filters()), target.headers()))
              .toArray(Way[]::new);
      this.totalWeight = targets.stream().mapToLong(RouteRule.Target::weight).sum();
      this.randomHeader = header;
    } else {
      this.ways = new Way[] {new Way(null, filters.settings(rule.filters()), rule.headers())};
      this.totalWeight = 1;
      this.randomHeader = Optional.empty();
    }
  }

  public RouteRule rule() {
    return rule;
  }

  /** Whether its requests are CONNECT, which no other route takes. */
  boolean isForConnect() {
    return rule.match().path() instanceof RouteRule.PathMatch.Connect;
  }

  boolean takes(Http2Headers request, RequestPath path, SplittableRandom random) {
    return takesAll || RuleMatcher.matches(rule.match(), request, path, random);
  }

  /** Chooses a way by weight. */
  Way choose(Http2Headers request, SplittableRandom random) {
    if (ways.length == 1) {
      return ways[0];
    }
    long place = place(request, random);
    for (Way way : ways) {
      place -= way.target() == null ? 0 : way.target().weight();
      if (place < 0) {
        return way;
      }
    }
    return ways[ways.length - 1];
  }

  private long place(Http2Headers request, SplittableRandom random) {
    if (randomHeader.isPresent()) {
      String given = HeaderValue.of(request, randomHeader.get());
      if (given != null) {
        try {
          return Long.remainderUnsigned(Long.parseUnsignedLong(given), totalWeight);
        } catch (NumberFormatException _) {
          // What is no number chooses nothing; chance does.
          return random.nextLong(totalWeight);
        }
      }
    }
    return random.nextLong(totalWeight);
  }
}
