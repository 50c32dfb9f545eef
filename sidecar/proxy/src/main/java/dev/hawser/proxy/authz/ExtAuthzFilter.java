package dev.hawser.proxy.authz;

import com.google.protobuf.ByteString;
import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Family;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.proxy.call.SideCall;
import dev.hawser.proxy.filter.EarlyBody;
import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.filter.Outcome;
import dev.hawser.proxy.filter.Refusal;
import dev.hawser.proxy.filter.Review;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.ExtAuthzConfig;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.proxy.upstream.Upstreams;
import dev.hawser.trust.spiffe.SpiffeId;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks a service about each request. */
public final class ExtAuthzFilter implements HttpFilter {
  private static final String NAME = "envoy.filters.http.ext_authz";

  private final ExtAuthzConfig config;
  private final Upstreams upstreams;
  private final Supplier<Optional<SpiffeId>> self;
  private final Family<Counter> outcomes;

  /**
   * Makes a filter.
   *
   * @param self the proxy's own identity at a moment
   */
  public ExtAuthzFilter(
      ExtAuthzConfig config,
      Upstreams upstreams,
      Supplier<Optional<SpiffeId>> self,
      Metrics metrics) {
    this.config = config;
    this.upstreams = upstreams;
    this.self = self;
    this.outcomes =
        metrics.counter(
            "hawser_ext_authz_total", "Requests that a service was asked about", "outcome");
  }

  /** What a route says. */
  public record ForRoute(ExtAuthzConfig.ForRoute words) implements RouteSetting {}

  /** All of the configuration that an answer depends on. */
  private record Asked(ExtAuthzConfig config, ExtAuthzConfig.@Nullable ForRoute words) {}

  @Override
  public Outcome onRequest(FilterCall call, @Nullable RouteSetting setting) {
    if (!asks(call.metadata())) {
      return Outcome.PASS;
    }
    ExtAuthzConfig.ForRoute words = words(setting);
    ExtAuthzConfig.Body wanted = wanted(words);
    if (wanted == null || !call.hasBody()) {
      ask(call, words, wanted, wanted == null ? null : ByteString.EMPTY, false);
    } else {
      readBody(call, words, wanted);
    }
    return Outcome.WAIT;
  }

  /**
   * Has the service asked about a request that was let in without asking, or by other words; it
   * goes on until the answer is there. The service sees nothing of its body, which has been passed
   * on.
   */
  @Override
  public @Nullable Refusal review(Review review, @Nullable RouteSetting setting) {
    Metadata told = review.told();
    if (!asks(told)) {
      return null;
    }
    Asked asked = new Asked(config, words(setting));
    Metadata.Ruling known = told.ruling(asked);
    if (known == null) {
      told.ruled(asked, new Metadata.Ruling(null));
      ExtAuthzConfig.Body wanted = wanted(asked.words());
      Question question =
          new Question(
              review.worker(),
              review.downstream(),
              told.whole(review.request()),
              told,
              config,
              extensions(asked.words()),
              wanted == null ? null : ByteString.EMPTY,
              wanted != null,
              wanted != null && wanted.raw(),
              self.get());
      var _ =
          ask(
              question,
              ruling -> {
                told.ruled(asked, new Metadata.Ruling(refusal(ruling)));
                review.again().run();
              });
    }
    return known == null ? null : known.refusal();
  }

  private @Nullable Refusal refusal(Ruling ruling) {
    return switch (ruling) {
      case Ruling.Allowed _ -> {
        count("ok");
        yield null;
      }
      case Ruling.Denied denied -> {
        count("denied");
        boolean sound = areSound(denied.headers()) && isAnswer(denied.status());
        int status = sound ? denied.status() : config.errorStatus();
        yield new Refusal(
            "ext_authz_denied", new LocalReply(status, "", "", sound ? denied.body() : ""));
      }
      case Ruling.Unknown(String reason) -> {
        count(config.passOnError() ? "failure_mode_allowed" : "error");
        yield config.passOnError()
            ? null
            : new Refusal(error(reason), new LocalReply(config.errorStatus(), "", "", ""));
      }
    };
  }

  private boolean asks(Metadata told) {
    return config.when().isEmpty() || passes(config.when().get(), told);
  }

  private static boolean passes(Access.Rule.Told rule, Metadata told) {
    return rule.value().test(told.get(rule.filter(), rule.path())) != rule.invert();
  }

  private static ExtAuthzConfig.@Nullable ForRoute words(@Nullable RouteSetting setting) {
    return setting instanceof ForRoute own ? own.words() : null;
  }

  private static Map<String, String> extensions(ExtAuthzConfig.@Nullable ForRoute words) {
    return words == null ? Map.of() : words.extensions();
  }

  private ExtAuthzConfig.@Nullable Body wanted(ExtAuthzConfig.@Nullable ForRoute words) {
    if (words != null && words.withoutBody()) {
      return null;
    }
    return words != null && words.body().isPresent()
        ? words.body().get()
        : config.body().orElse(null);
  }

  private void readBody(
      FilterCall call, ExtAuthzConfig.@Nullable ForRoute words, ExtAuthzConfig.Body wanted) {
    EarlyBody.await(
        call,
        wanted.maxBytes() + 1,
        body -> {
          boolean longer = body.length > wanted.maxBytes();
          if (longer && !wanted.mayBeCut()) {
            call.resume(new Outcome.Answer(new LocalReply(413, "", "", "Payload Too Large")));
            return;
          }
          ByteString seen = ByteString.copyFrom(body, 0, Math.min(body.length, wanted.maxBytes()));
          ask(call, words, wanted, seen, longer);
        });
  }

  private void ask(
      FilterCall call,
      ExtAuthzConfig.@Nullable ForRoute words,
      ExtAuthzConfig.@Nullable Body wanted,
      @Nullable ByteString body,
      boolean cut) {
    Question question =
        new Question(
            call.worker(),
            call.downstream(),
            call.request(),
            call.metadata(),
            config,
            extensions(words),
            body,
            cut,
            wanted != null && wanted.raw(),
            self.get());
    Asked asked = new Asked(config, words);
    SideCall asking = ask(question, ruling -> call.resume(outcome(call, asked, ruling)));
    call.onEnd(asking::cancel);
  }

  private SideCall ask(Question question, Consumer<Ruling> then) {
    Upstream upstream = upstreams.get(config.service().upstream());
    return switch (config.service()) {
      case ExtAuthzConfig.Service.Grpc grpc -> GrpcService.ask(grpc, upstream, question, then);
      case ExtAuthzConfig.Service.Http http -> HttpService.ask(http, upstream, question, then);
    };
  }

  private Outcome outcome(FilterCall call, Asked asked, Ruling ruling) {
    return switch (ruling) {
      case Ruling.Allowed allowed -> {
        call.metadata().ruled(asked, new Metadata.Ruling(null));
        yield allow(call, allowed);
      }
      case Ruling.Denied denied -> deny(call, denied);
      case Ruling.Unknown(String reason) -> unknown(call, reason);
    };
  }

  private Outcome allow(FilterCall call, Ruling.Allowed allowed) {
    if (!areSound(allowed.request())
        || !areSound(allowed.response())
        || allowed.remove().stream().anyMatch(ExtAuthzFilter::isProtected)) {
      return unknown(call, "headers that nobody may set");
    }
    count("ok");
    Http2Headers request = call.request();
    allowed.remove().forEach(request::remove);
    allowed.request().forEach(header -> apply(request, header));
    if (!allowed.response().isEmpty()) {
      call.onResponse(head -> allowed.response().forEach(header -> apply(head, header)));
    }
    tell(call, allowed.told());
    if (config.reroute() && !(allowed.request().isEmpty() && allowed.remove().isEmpty())) {
      call.routeAgain();
    }
    return Outcome.PASS;
  }

  private Outcome deny(FilterCall call, Ruling.Denied denied) {
    if (!areSound(denied.headers()) || !isAnswer(denied.status())) {
      return unknown(call, "an answer that nobody may give");
    }
    count("denied");
    tell(call, denied.told());
    call.flag("UAEX");
    call.details("ext_authz_denied");
    if (!denied.headers().isEmpty()) {
      call.onResponse(head -> {
        denied.headers().forEach(header -> head.remove(header.name()));
        denied.headers().forEach(header -> head.add(header.name(), header.value()));
      });
    }
    return new Outcome.Answer(new LocalReply(denied.status(), "", "", denied.body()));
  }

  private Outcome unknown(FilterCall call, String reason) {
    call.flag("UAEX");
    if (config.passOnError()) {
      count("failure_mode_allowed");
      call.details("ext_authz_failure_mode_allowed{" + reason.replace(' ', '_') + "}");
      if (config.tellPassed()) {
        call.request().set("x-envoy-auth-failure-mode-allowed", "true");
      }
      return Outcome.PASS;
    }
    count("error");
    call.details(error(reason));
    return new Outcome.Answer(new LocalReply(config.errorStatus(), "", "", ""));
  }

  private static String error(String reason) {
    return "ext_authz_error{" + reason.replace(' ', '_') + "}";
  }

  private static boolean isAnswer(int status) {
    return status >= 200 && status <= 599;
  }

  private void count(String outcome) {
    outcomes.with(outcome).increment();
  }

  private static void tell(FilterCall call, Map<String, Object> told) {
    if (!told.isEmpty()) {
      call.metadata().put(NAME, told);
    }
  }

  private static void apply(Http2Headers head, Ruling.Header header) {
    boolean present = head.contains(header.name());
    switch (header.how()) {
      case SET -> head.set(header.name(), header.value());
      case APPEND -> head.add(header.name(), header.value());
      case ADD_IF_ABSENT -> {
        if (!present) {
          head.add(header.name(), header.value());
        }
      }
      case OVERWRITE_IF_EXISTS -> {
        if (present) {
          head.set(header.name(), header.value());
        }
      }
    }
  }

  /** A service decides about requests; it does not smuggle new ones. */
  private static boolean areSound(List<Ruling.Header> headers) {
    for (Ruling.Header header : headers) {
      boolean line = header.value().chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f));
      if (!line || isProtected(header.name())) {
        return false;
      }
    }
    return true;
  }

  /** What frames a message, and what no header may be called (RFC 9110 section 5.1). */
  private static boolean isProtected(String name) {
    return switch (name) {
      case "", "host", "content-length", "transfer-encoding", "connection", "upgrade", "te" -> true;
      default ->
          !name.chars()
              .allMatch(c ->
                  (c >= 'a' && c <= 'z')
                      || (c >= '0' && c <= '9')
                      || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    };
  }
}
