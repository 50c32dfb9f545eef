package dev.hawser.proxy.inbound;

import dev.hawser.proxy.access.AccessFilter;
import dev.hawser.proxy.access.AccessJudge;
import dev.hawser.proxy.context.ProxyContext;
import dev.hawser.proxy.exchange.Side;
import dev.hawser.proxy.exchange.Summary;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Refusal;
import dev.hawser.proxy.filter.Review;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.observe.Observer;
import dev.hawser.proxy.reply.Replies;
import dev.hawser.proxy.routing.HostTable;
import dev.hawser.proxy.routing.HttpPlan;
import dev.hawser.proxy.routing.Selection;
import dev.hawser.proxy.routing.SteeringHeaders;
import dev.hawser.proxy.routing.VirtualHost;
import dev.hawser.proxy.upstream.Upstreams;
import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Requests of one peer to the workload. */
final class InboundSide implements Side {
  /** The name of the rules of connections, which hold for their requests too. */
  static final String NETWORK_FILTER = "envoy.filters.network.rbac";

  private static final Duration DEFAULT_STREAM_IDLE = Duration.ofMinutes(5);

  /**
   * An application that closes a kept connection just when the next request is written on it has
   * not seen that request. Under load the next connection may be one that it closes as well.
   */
  private static final RetryRule FORGOTTEN =
      new RetryRule(Set.of(RetryRule.Condition.FORGOTTEN), 3, Optional.empty(), Set.of());

  private final ProxyContext context;
  private final Worker worker;
  private final InboundPeer peer;
  private final Supplier<InboundChains.@Nullable Ready> chain;
  private final @Nullable AsciiString callerHeader;

  InboundSide(
      ProxyContext context,
      Worker worker,
      InboundPeer peer,
      Supplier<InboundChains.@Nullable Ready> chain) {
    this.context = context;
    this.worker = worker;
    this.peer = peer;
    this.chain = chain;
    String by = context.self().get().map(self -> "By=" + self + ";").orElse("");
    this.callerHeader = peer.id() == null ? null : new AsciiString(by + "URI=" + peer.id());
  }

  @Override
  public void route(Http2Headers request, Consumer<Selection> then) {
    then.accept(select(request));
  }

  private Selection select(Http2Headers request) {
    InboundChains.Ready ready = chain.get();
    HttpPlan plan = ready == null ? null : ready.http();
    if (ready == null || plan == null) {
      return Selection.none(null, Replies.noSuchHost(peer.serverName()));
    }
    // Filters and those whom they ask must not see what only this proxy may say.
    prepare(request);
    if (!context.gate().allows(ready.chain().access(), peer.asking(request), NETWORK_FILTER)) {
      return Selection.none(null, Replies.denied());
    }
    HostTable table = plan.table() != null ? plan.table() : byName(plan.http());
    if (table == null) {
      return Selection.none(plan.filters(), Replies.noRoutesYet("of " + peer.serverName()));
    }
    String authority = String.valueOf(request.authority());
    VirtualHost host = table.find(authority);
    return host == null
        ? Selection.none(plan.filters(), Replies.noSuchHost(authority))
        : Selection.in(host, request, plan.filters(), worker.random());
  }

  @Override
  public @Nullable Refusal review(Review review) {
    InboundChains.Ready ready = chain.get();
    HttpPlan plan = ready == null ? null : ready.http();
    if (ready == null || plan == null) {
      // The end of the connection is the connection's own to see to.
      return null;
    }
    if (!AccessJudge.allows(ready.chain().access(), peer.asking(review.request()))) {
      return AccessFilter.REFUSED;
    }
    HostTable table = plan.table() != null ? plan.table() : byName(plan.http());
    VirtualHost host =
        table == null ? null : table.find(String.valueOf(review.request().authority()));
    return plan.review(host, review);
  }

  private @Nullable HostTable byName(ListenerConfig.Content.Http http) {
    return http.routes() instanceof ListenerConfig.Routes.Named(String name)
        ? context.routes().table(name)
        : null;
  }

  @Override
  public @Nullable Observer observer() {
    InboundChains.Ready ready = chain.get();
    return ready == null ? null : ready.observer();
  }

  @Override
  public Downstream downstream() {
    return peer.downstream();
  }

  @Override
  public Upstreams upstreams() {
    return context.upstreams();
  }

  @Override
  public void prepare(Http2Headers request) {
    request.remove(HeaderNames.X_FORWARDED_CLIENT_CERT);
    SteeringHeaders.remove(request);
    removeLookalikes(request);
    InboundChains.Ready ready = chain.get();
    if (callerHeader != null
        && ready != null
        && ready.chain().content() instanceof ListenerConfig.Content.Http http
        && http.setCallerHeader()) {
      request.add(HeaderNames.X_FORWARDED_CLIENT_CERT, callerHeader);
    }
  }

  /** Many frameworks take {@code _} for {@code -} in names of headers. */
  private static void removeLookalikes(Http2Headers request) {
    List<CharSequence> found = null;
    for (Map.Entry<CharSequence, CharSequence> field : request) {
      CharSequence name = field.getKey();
      if (name.length() == HeaderNames.X_FORWARDED_CLIENT_CERT.length() && looksAlike(name)) {
        found = found == null ? new ArrayList<>(1) : found;
        found.add(name);
      }
    }
    if (found != null) {
      found.forEach(request::remove);
    }
  }

  private static boolean looksAlike(CharSequence name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i) == '_' ? '-' : name.charAt(i);
      if (c != HeaderNames.X_FORWARDED_CLIENT_CERT.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public RetryRule retries(RouteRule.Action.Forward action) {
    return action.retry().retries() > 0 ? action.retry() : FORGOTTEN;
  }

  @Override
  public boolean refusesUnprocessed() {
    return true;
  }

  @Override
  public Duration idleTimeout() {
    InboundChains.Ready ready = chain.get();
    return ready != null && ready.chain().content() instanceof ListenerConfig.Content.Http http
        ? http.streamIdleTimeout().orElse(DEFAULT_STREAM_IDLE)
        : DEFAULT_STREAM_IDLE;
  }

  @Override
  public void finished(Summary summary) {
    InboundReports.request(context, peer, summary);
  }
}
