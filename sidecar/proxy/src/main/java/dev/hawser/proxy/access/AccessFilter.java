package dev.hawser.proxy.access;

import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.Outcome;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.reply.Replies;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges each request ({@code envoy.filters.http.rbac}). */
public final class AccessFilter implements HttpFilter {
  private static final Outcome DENIED = new Outcome.Answer(Replies.denied());

  private final @Nullable Access access;

  /** Makes a filter; empty rules enforce nothing. */
  public AccessFilter(Optional<Access> access) {
    this.access = access.orElse(null);
  }

  /** The rules of a route instead. */
  public static final class ForRoute implements RouteSetting {
    private final @Nullable Access access;

    /** Makes a setting; empty rules enforce nothing. */
    public ForRoute(Optional<Access> access) {
      this.access = access.orElse(null);
    }
  }

  @Override
  public Outcome onRequest(FilterCall call, @Nullable RouteSetting setting) {
    Access judged = setting instanceof ForRoute own ? own.access : access;
    return judged == null
            || AccessJudge.allows(judged, AccessJudge.Subject.of(call.downstream(), call.request()))
        ? Outcome.PASS
        : DENIED;
  }
}
