package dev.hawser.proxy.access;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.FilterCall;
import dev.hawser.proxy.filter.HttpFilter;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.filter.Outcome;
import dev.hawser.proxy.filter.RouteSetting;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.reply.Replies;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges each request ({@code envoy.filters.http.rbac}). */
public final class AccessFilter implements HttpFilter {
  /** The name under which it tells others. */
  public static final String NAME = "envoy.filters.http.rbac";

  private static final Outcome DENIED = new Outcome.Answer(Replies.denied());

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
    call.details("rbac_access_denied");
    return DENIED;
  }

  @Override
  public boolean stillAllows(
      Downstream downstream,
      Http2Headers request,
      @Nullable Metadata told,
      @Nullable RouteSetting setting) {
    return AccessJudge.allows(
        setting instanceof ForRoute own ? own.access : access,
        AccessJudge.Subject.of(downstream, request, told));
  }
}
