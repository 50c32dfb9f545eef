package dev.hawser.proxy.exchange;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Refusal;
import dev.hawser.proxy.filter.Review;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.observe.Observer;
import dev.hawser.proxy.routing.Selection;
import dev.hawser.proxy.upstream.Upstreams;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is particular to one direction, on one connection. Called on its event loop. */
public interface Side {
  /**
   * Finds the route of a request, and the filters before it.
   *
   * @param then called once, on the loop, now or later
   */
  void route(Http2Headers request, Consumer<Selection> then);

  /** Returns who observes requests at this moment, or null if nobody does. */
  @Nullable Observer observer();

  /**
   * Judges a request that is under way by what is in force now.
   *
   * @return why it may not go on; null if it may
   */
  @Nullable Refusal review(Review review);

  /** Returns the connection that requests come on. */
  Downstream downstream();

  /** Returns what routes lead to. */
  Upstreams upstreams();

  /** Makes the head fit to be passed on: what the caller must not say is taken out. */
  void prepare(Http2Headers request);

  /** Returns what may be tried again on a route. */
  RetryRule retries(RouteRule.Action.Forward action);

  /**
   * Whether a request that was certainly not processed is refused, so that the caller's proxy sends
   * it elsewhere, rather than answered.
   */
  boolean refusesUnprocessed();

  /** Returns how long a request may go without a byte in either direction. */
  Duration idleTimeout();

  /** Takes note of a request that is over. */
  void finished(Summary summary);
}
