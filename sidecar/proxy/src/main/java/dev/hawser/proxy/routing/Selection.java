package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.FilterChain;
import dev.hawser.proxy.filter.RouteSettings;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.reply.Replies;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What was found for a request before filters see it: its rule and the way it goes. */
public final class Selection {
  private final @Nullable FilterChain filters;
  private final @Nullable VirtualHost host;
  private final @Nullable Route route;
  private final Route.@Nullable Way way;
  private final @Nullable LocalReply otherwise;

  private Selection(
      @Nullable FilterChain filters,
      @Nullable VirtualHost host,
      @Nullable Route route,
      Route.@Nullable Way way,
      @Nullable LocalReply otherwise) {
    this.filters = filters;
    this.host = host;
    this.route = route;
    this.way = way;
    this.otherwise = otherwise;
  }

  /**
   * Finds the rule in a host.
   *
   * @param filters null if there are none
   */
  public static Selection in(
      VirtualHost host,
      Http2Headers request,
      @Nullable FilterChain filters,
      SplittableRandom random) {
    Route route = host.find(request, random);
    return new Selection(
        filters, host, route, route == null ? null : route.choose(request, random), null);
  }

  /** Nothing was found. */
  public static Selection none(@Nullable FilterChain filters, LocalReply answer) {
    return new Selection(filters, null, null, null, answer);
  }

  /** Finds the rule again in the same host. */
  public Selection again(Http2Headers request, SplittableRandom random) {
    return host == null ? this : in(host, request, filters, random);
  }

  /** Returns the filters to pass, or null if there are none. */
  public @Nullable FilterChain filters() {
    return filters;
  }

  /** Returns the rule, or null. */
  public @Nullable RouteRule rule() {
    return route == null ? null : route.rule();
  }

  /** Returns what is said about filters, or null if nothing. */
  public @Nullable RouteSettings settings() {
    return way == null ? null : way.settings();
  }

  /** Whether the rule changes headers of the request. */
  public boolean changesRequest() {
    return way != null && !way.headers().request().isEmpty();
  }

  Route.@Nullable Way way() {
    return way;
  }

  /** Returns the answer if there is no rule. */
  LocalReply otherwise() {
    if (otherwise != null) {
      return otherwise;
    }
    return Replies.noRoute(host == null ? "" : host.host().name());
  }
}
