package dev.hawser.proxy.authz;

import com.google.protobuf.ByteString;
import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Family;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.proxy.call.SideCall;
import dev.hawser.proxy.filter.EarlyBody;
import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.Outcome;
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

  @Override
  public Outcome onRequest(FilterCall call, @Nullable RouteSetting setting) {
    if (config.when().isPresent() && !passes(config.when().get(), call)) {
      return Outcome.PASS;
    }
    ExtAuthzConfig.ForRoute words = setting instanceof ForRoute own ? own.words() : null;
    ExtAuthzConfig.Body wanted = wanted(words);
    Map<String, String> extensions = words == null ? Map.of() : words.extensions();
    if (wanted == null || !call.hasBody()) {
      ask(call, extensions, wanted, wanted == null ? null : ByteString.EMPTY, false);
    } else {
      readBody(call, extensions, wanted);
    }
    return Outcome.WAIT;
  }

  private static boolean passes(Access.Rule.Told rule, FilterCall call) {
    return rule.value().test(call.metadata().get(rule.filter(), rule.path())) != rule.invert();
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
      FilterCall call, Map<String, String> extensions, ExtAuthzConfig.Body wanted) {
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
          ask(call, extensions, wanted, seen, longer);
        });
  }

  private void ask(
      FilterCall call,
      Map<String, String> extensions,
      ExtAuthzConfig.@Nullable Body wanted,
      @Nullable ByteString body,
      boolean cut) {
    Question question =
        new Question(
            call, config, extensions, body, cut, wanted != null && wanted.raw(), self.get());
    Upstream upstream = upstreams.get(config.service().upstream());
    Consumer<Ruling> then = ruling -> call.resume(outcome(call, ruling));
    SideCall asked =
        switch (config.service()) {
          case ExtAuthzConfig.Service.Grpc grpc -> GrpcService.ask(grpc, upstream, question, then);
          case ExtAuthzConfig.Service.Http http -> HttpService.ask(http, upstream, question, then);
        };
    call.onEnd(asked::cancel);
  }

  private Outcome outcome(FilterCall call, Ruling ruling) {
    return switch (ruling) {
      case Ruling.Allowed allowed -> allow(call, allowed);
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
    if (!areSound(denied.headers()) || denied.status() < 200 || denied.status() > 599) {
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
    call.details("ext_authz_error{" + reason.replace(' ', '_') + "}");
    return new Outcome.Answer(new LocalReply(config.errorStatus(), "", "", ""));
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
