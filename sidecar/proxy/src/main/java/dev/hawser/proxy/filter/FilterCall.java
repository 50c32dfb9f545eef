package dev.hawser.proxy.filter;

import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request as a filter sees it. Lives on one event loop. */
public interface FilterCall {
  /** Returns the head, which may be altered. */
  Http2Headers request();

  /** Whether a body or trailers follow the head. */
  boolean hasBody();

  /**
   * Has the body come in, for a filter that waits: it is kept until the request goes on.
   *
   * @param bytes how many the filter wants to see; what it keeps in memory is its own to bound
   * @param then run once, later, on the event loop, when they are there or the body has ended; not
   *     if the request ends before
   */
  void awaitBody(int bytes, Runnable then);

  /** Returns the first bytes of the body so far, at most so many. */
  byte[] body(int most);

  /** Returns the connection that it came on. */
  Downstream downstream();

  /** Returns the rule that takes the request, or null if there is none: it will be answered 404. */
  @Nullable RouteRule route();

  /** Has the rule be found again before the next filter: a part that rules may test has changed. */
  void routeAgain();

  /** Returns what filters say about the request to each other, to rules and to the log. */
  Metadata metadata();

  /**
   * Adds a step on the head of the response, the proxy's own answers included; the steps of later
   * filters come first.
   */
  void onResponse(Consumer<Http2Headers> step);

  /** Adds a step that is run once when the request is over, however it ended. */
  void onEnd(Runnable step);

  /** Adds a response flag of Envoy's, e.g. {@code RL}, to metrics and log. */
  void flag(String flag);

  /** Says in the access log why the request ended as it did ({@code response_code_details}). */
  void details(String details);

  /** Returns the event loop with its timers and its source of chance. */
  Worker worker();

  /**
   * Ends a {@link Outcome.Wait}; does nothing if the request is over. Only on the event loop and
   * never from within {@link HttpFilter#onRequest}.
   *
   * @throws IllegalStateException if no filter waits, or with a further wait
   */
  void resume(Outcome outcome);
}
