package dev.hawser.proxy.inbound;

import dev.hawser.proxy.access.AccessJudge;
import dev.hawser.proxy.context.ProxyContext;
import dev.hawser.proxy.exchange.Replies;
import dev.hawser.proxy.exchange.RouteDecision;
import dev.hawser.proxy.exchange.Side;
import dev.hawser.proxy.exchange.Summary;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RetryRule;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.routing.HostTable;
import dev.hawser.proxy.routing.Router;
import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Requests of one peer to the workload. */
final class InboundSide implements Side {
  private static final Duration DEFAULT_STREAM_IDLE = Duration.ofMinutes(5);

  /**
   * An application that closes a kept connection just when the next request is written on it has
   * not seen that request; one more try on a fresh connection is all that it takes.
   */
  private static final RetryRule ONCE_MORE =
      new RetryRule(Set.of(RetryRule.Condition.RESET), 1, Optional.empty(), Set.of());

  private final ProxyContext context;
  private final Worker worker;
  private final InboundPeer peer;
  private final Supplier<InboundChains.@Nullable Ready> chain;
  private final AsciiString callerHeader;

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
    this.callerHeader = new AsciiString(by + "URI=" + peer.idText());
  }

  @Override
  public void route(Http2Headers request, Consumer<RouteDecision> then) {
    then.accept(decide(request));
  }

  private RouteDecision decide(Http2Headers request) {
    InboundChains.Ready ready = chain.get();
    if (ready == null || !(ready.chain().content() instanceof ListenerConfig.Content.Http http)) {
      return new RouteDecision.Answer(Replies.noSuchHost(peer.serverName()));
    }
    AccessJudge.Subject subject = peer.asking(request);
    if (!AccessJudge.allows(ready.chain().access(), subject)
        || !AccessJudge.allows(http.access(), subject)) {
      return new RouteDecision.Answer(Replies.denied());
    }
    HostTable table = ready.table().orElseGet(() -> byName(http));
    if (table == null) {
      return new RouteDecision.Answer(Replies.noRoutesYet("of " + peer.serverName()));
    }
    String authority = String.valueOf(request.authority());
    RouteTable.Host host = table.find(authority);
    return host == null
        ? new RouteDecision.Answer(Replies.noSuchHost(authority))
        : Router.decide(host, request, context.upstreams(), worker.random());
  }

  private @Nullable HostTable byName(ListenerConfig.Content.Http http) {
    return http.routes() instanceof ListenerConfig.Routes.Named(String name)
        ? context.routes().table(name)
        : null;
  }

  @Override
  public void prepare(Http2Headers request) {
    request.remove(HeaderNames.X_FORWARDED_CLIENT_CERT);
    removeLookalikes(request);
    InboundChains.Ready ready = chain.get();
    if (ready != null
        && ready.chain().content() instanceof ListenerConfig.Content.Http http
        && http.setCallerHeader()) {
      request.add(HeaderNames.X_FORWARDED_CLIENT_CERT, callerHeader);
    }
  }

  /** Many frameworks take {@code _} for {@code -} in names of headers. */
  private static void removeLookalikes(Http2Headers request) {
    List<CharSequence> found = null;
    for (CharSequence name : request.names()) {
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
    return action.retry().retries() > 0 ? action.retry() : ONCE_MORE;
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
