package dev.hawser.proxy.authn;

import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.Outcome;
import dev.hawser.proxy.filter.Refusal;
import dev.hawser.proxy.filter.Review;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.jwt.JwtFailure;
import dev.hawser.proxy.jwt.KeySet;
import dev.hawser.proxy.model.JwtConfig;
import dev.hawser.proxy.model.JwtConfig.Requirement;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.routing.RuleMatcher;
import dev.hawser.proxy.worker.Worker;
import dev.hawser.proxy.worker.Workers;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Requires tokens of requests ({@code envoy.filters.http.jwt_authn}). */
public final class JwtFilter implements HttpFilter {
  private static final Requirement NOTHING = new Requirement.Nothing();

  /** A route names a requirement that the filter does not have. */
  private static final LocalReply NOT_THERE =
      new LocalReply(403, "", "", "Failed JWT authentication");

  private final JwtConfig config;
  private final Map<String, Provider> providers = new TreeMap<>();

  /** Makes a filter; keys that are to be there early begin to be fetched. */
  public JwtFilter(JwtConfig config, Workers workers, IssuerKeys keys) {
    this.config = config;
    config
        .providers()
        .forEach((name, provider) ->
            providers.put(
                name,
                new Provider(
                    provider,
                    switch (provider.keys()) {
                      case JwtConfig.Keys.Local(String json) ->
                          new KeySource.Fixed(KeySet.parse(json.getBytes(StandardCharsets.UTF_8)));
                      case JwtConfig.Keys.Remote remote -> keys.of(remote);
                    },
                    workers.all().size())));
  }

  /**
   * What a route says.
   *
   * @param requirement by its name in the filter's configuration
   */
  public record ForRoute(String requirement) implements RouteSetting {}

  @Override
  public Outcome onRequest(FilterCall call, @Nullable RouteSetting setting) {
    Teller.sanitize(providers.values(), call);
    if (config.bypassPreflight() && isPreflight(call.request())) {
      return Outcome.PASS;
    }
    Requirement requirement = requirement(call.request(), call.worker(), setting);
    if (requirement == null) {
      return new Outcome.Answer(NOT_THERE);
    }
    return requirement instanceof Requirement.Nothing
        ? Outcome.PASS
        : decide(call, requirement, true);
  }

  /** Returns what the request needs, or null if the route names a requirement that is not there. */
  private @Nullable Requirement requirement(
      Http2Headers request, Worker worker, @Nullable RouteSetting setting) {
    if (setting instanceof ForRoute(String name)) {
      return config.named().get(name);
    }
    for (JwtConfig.Rule rule : config.rules()) {
      if (RuleMatcher.matches(rule.match(), request, worker.random())) {
        return rule.requirement();
      }
    }
    return NOTHING;
  }

  /**
   * Decides, maybe later.
   *
   * @param mayWait whether keys that are not there may be waited for
   */
  private Outcome decide(FilterCall call, Requirement requirement, boolean mayWait) {
    Judgement judgement = new Judgement(providers, call.worker(), call.request(), Instant.now());
    JwtFailure failure = judgement.judge(requirement);
    Judgement.Lacking lacking = judgement.lacking();
    if (lacking != null && mayWait && lacking.isWorthAWait(call.worker())) {
      lacking.await(call.worker(), () -> call.resume(decide(call, requirement, false)));
      return Outcome.WAIT;
    }
    if (failure != null) {
      return refuse(call, failure);
    }
    for (Judgement.Good good : judgement.good()) {
      // Old keys serve, and are renewed on the way.
      good.provider().keys().refresh(call.worker());
      Teller.tell(good, call);
    }
    return Outcome.PASS;
  }

  /** A request whose token's keys are still on their way goes on until they are there. */
  @Override
  public @Nullable Refusal review(Review review, @Nullable RouteSetting setting) {
    Http2Headers head = review.told().whole(review.request());
    if (config.bypassPreflight() && isPreflight(head)) {
      return null;
    }
    Requirement requirement = requirement(head, review.worker(), setting);
    if (requirement == null) {
      return new Refusal("jwt_authn_access_denied", NOT_THERE);
    }
    Judgement judgement = new Judgement(providers, review.worker(), head, review.arrived());
    JwtFailure failure = judgement.judge(requirement);
    if (failure == null) {
      return null;
    }
    Judgement.Lacking lacking = judgement.lacking();
    if (lacking != null && lacking.isWorthAWait(review.worker())) {
      lacking.await(review.worker(), review.again());
      return null;
    }
    return new Refusal(details(failure), reply(failure));
  }

  private Outcome refuse(FilterCall call, JwtFailure failure) {
    call.flag("UAEX");
    call.details(details(failure));
    if (!config.silent()) {
      String realm = "Bearer realm=\"" + TokenFinder.realm(call.request()) + "\"";
      String whole = failure == JwtFailure.MISSING ? realm : realm + ", error=\"invalid_token\"";
      call.onResponse(head -> head.set("www-authenticate", whole));
    }
    return new Outcome.Answer(reply(failure));
  }

  private static String details(JwtFailure failure) {
    return "jwt_authn_access_denied{" + failure.message().replace(' ', '_') + "}";
  }

  private LocalReply reply(JwtFailure failure) {
    return new LocalReply(failure.status(), "", "", config.silent() ? "" : failure.message());
  }

  private static boolean isPreflight(Http2Headers request) {
    return "OPTIONS".contentEquals(Optional.ofNullable(request.method()).orElse(""))
        && request.contains("origin")
        && request.contains("access-control-request-method");
  }
}
