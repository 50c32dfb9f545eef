package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.FilterChain;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.reply.Replies;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * What was found for a request before filters see it.
 *
 * @param filters to pass; null for none
 * @param host null if nothing is known of the authority
 * @param route null if none takes it
 * @param otherwise the answer if there is no route
 */
public record Selection(
    @Nullable FilterChain filters,
    @Nullable VirtualHost host,
    @Nullable Route route,
    LocalReply otherwise) {

  /** Finds the route in a host. */
  public static Selection in(
      VirtualHost host, Http2Headers request, @Nullable FilterChain filters) {
    return new Selection(filters, host, host.find(request), Replies.noRoute(host.host().name()));
  }

  /** Nothing was found. */
  public static Selection none(@Nullable FilterChain filters, LocalReply answer) {
    return new Selection(filters, null, null, answer);
  }

  /** Finds the route again in the same host. */
  public Selection again(Http2Headers request) {
    return host == null ? this : in(host, request, filters);
  }
}
