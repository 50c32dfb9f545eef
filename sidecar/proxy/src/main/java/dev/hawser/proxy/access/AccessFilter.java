package dev.hawser.proxy.access;

import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.Outcome;
import dev.hawser.proxy.filter.Refusal;
import dev.hawser.proxy.filter.Review;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.reply.Replies;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges each request ({@code envoy.filters.http.rbac}). */
public final class AccessFilter implements HttpFilter {
  /** The name under which it tells others. */
  public static final String NAME = "envoy.filters.http.rbac";

  /** Why a request that is under way may not go on, if rules of access say so. */
  public static final Refusal REFUSED = new Refusal("rbac_access_denied", Replies.denied());

  private static final Outcome DENIED = new Outcome.Answer(REFUSED.reply());

  private final List<Access> access;
  private final AccessGate gate;

  /** Makes a filter. */
  public AccessFilter(List<Access> access, AccessGate gate) {
    this.access = List.copyOf(access);
    this.gate = gate;
  }

  /** The rules of a route instead. */
  public static final class ForRoute implements RouteSetting {
    private final List<Access> access;

    /** Makes a setting. */
    public ForRoute(List<Access> access) {
      this.access = List.copyOf(access);
    }
  }

  @Override
  public Outcome onRequest(FilterCall call, @Nullable RouteSetting setting) {
    List<Access> judged = setting instanceof ForRoute own ? own.access : access;
    AccessJudge.Subject subject =
        AccessJudge.Subject.of(call.downstream(), call.request(), call.metadata());
    if (gate.allows(judged, subject, NAME)) {
      return Outcome.PASS;
    }
    call.details(REFUSED.details());
    return DENIED;
  }

  @Override
  public @Nullable Refusal review(Review review, @Nullable RouteSetting setting) {
    boolean allowed =
        AccessJudge.allows(
            setting instanceof ForRoute own ? own.access : access,
            AccessJudge.Subject.of(review.downstream(), review.request(), review.told()));
    return allowed ? null : REFUSED;
  }
}
