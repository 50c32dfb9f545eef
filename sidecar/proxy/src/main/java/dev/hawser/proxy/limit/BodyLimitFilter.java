package dev.hawser.proxy.limit;

import dev.hawser.proxy.filter.EarlyBody;
import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.Outcome;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.reply.LocalReply;
import org.jspecify.annotations.Nullable;

/**
 * Holds a request until its body is whole, and answers 413 to one that is too large, of which the
 * upstream then sees nothing ({@code envoy.filters.http.buffer}).
 */
public final class BodyLimitFilter implements HttpFilter {
  private final int maxBytes;

  /** Makes a filter. */
  public BodyLimitFilter(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Another limit. */
  public record ForRoute(int maxBytes) implements RouteSetting {}

  @Override
  public Outcome onRequest(FilterCall call, @Nullable RouteSetting setting) {
    int most = setting instanceof ForRoute route ? route.maxBytes() : maxBytes;
    if (!call.hasBody()) {
      return Outcome.PASS;
    }
    if (call.request().getLong(HeaderNames.CONTENT_LENGTH, 0) > most) {
      return tooLarge();
    }
    EarlyBody.await(
        call, most + 1, body -> call.resume(body.length > most ? tooLarge() : Outcome.PASS));
    return Outcome.WAIT;
  }

  private static Outcome tooLarge() {
    return new Outcome.Answer(new LocalReply(413, "", "", "Payload Too Large"));
  }
}
