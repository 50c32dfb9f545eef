package dev.hawser.proxy.cors;

import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.Outcome;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.model.CorsPolicy;
import dev.hawser.proxy.model.TextMatch;
import dev.hawser.proxy.reply.LocalReply;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Answers browsers that ask whether they may, and tells them with the response that they might
 * ({@code envoy.filters.http.cors}). It does nothing where the route has no policy.
 */
public final class CorsFilter implements HttpFilter {
  private static final AsciiString ORIGIN = AsciiString.cached("origin");
  private static final AsciiString REQUEST_METHOD =
      AsciiString.cached("access-control-request-method");
  private static final AsciiString ALLOW_ORIGIN = AsciiString.cached("access-control-allow-origin");
  private static final AsciiString ALLOW_CREDENTIALS =
      AsciiString.cached("access-control-allow-credentials");
  private static final AsciiString ALLOW_METHODS =
      AsciiString.cached("access-control-allow-methods");
  private static final AsciiString ALLOW_HEADERS =
      AsciiString.cached("access-control-allow-headers");
  private static final AsciiString EXPOSE_HEADERS =
      AsciiString.cached("access-control-expose-headers");
  private static final AsciiString MAX_AGE = AsciiString.cached("access-control-max-age");
  private static final LocalReply EMPTY = new LocalReply(200, "", "", "");

  /** The policy of a route. */
  public record ForRoute(CorsPolicy policy) implements RouteSetting {}

  @Override
  public Outcome onRequest(FilterCall call, @Nullable RouteSetting setting) {
    CharSequence origin = call.request().get(ORIGIN);
    if (!(setting instanceof ForRoute(CorsPolicy policy))
        || origin == null
        || origin.isEmpty()
        || !policy.enabled().takes(call.worker().random())) {
      return Outcome.PASS;
    }
    boolean allowed = allows(policy, origin.toString());
    if (isQuestion(call.request())) {
      return answer(call, policy, origin, allowed);
    }
    if (allowed) {
      call.onResponse(response -> tell(response, policy, origin));
    }
    return Outcome.PASS;
  }

  private static boolean allows(CorsPolicy policy, String origin) {
    for (TextMatch match : policy.origins()) {
      if (match.test(origin)) {
        return true;
      }
    }
    return false;
  }

  /** A browser asks before it sends what an old form could not have sent. */
  private static boolean isQuestion(Http2Headers request) {
    CharSequence method = request.get(REQUEST_METHOD);
    return method != null
        && !method.isEmpty()
        && request.method() != null
        && AsciiString.contentEquals(request.method(), "OPTIONS");
  }

  private static Outcome answer(
      FilterCall call, CorsPolicy policy, CharSequence origin, boolean allowed) {
    if (!allowed) {
      return policy.forwardsOthers() ? Outcome.PASS : new Outcome.Answer(EMPTY);
    }
    call.details("cors_response");
    return new Outcome.Answer(
        EMPTY.withStep(head -> {
          tellOrigin(head, policy, origin);
          set(head, ALLOW_METHODS, policy.methods());
          set(head, ALLOW_HEADERS, policy.headers());
          set(head, MAX_AGE, policy.maxAge());
        }));
  }

  private static void tell(Http2Headers response, CorsPolicy policy, CharSequence origin) {
    tellOrigin(response, policy, origin);
    set(response, EXPOSE_HEADERS, policy.exposed());
  }

  private static void tellOrigin(Http2Headers head, CorsPolicy policy, CharSequence origin) {
    head.set(ALLOW_ORIGIN, origin);
    if (policy.credentials()) {
      head.set(ALLOW_CREDENTIALS, "true");
    }
  }

  private static void set(Http2Headers head, AsciiString name, String value) {
    if (!value.isEmpty()) {
      head.set(name, value);
    }
  }
}
