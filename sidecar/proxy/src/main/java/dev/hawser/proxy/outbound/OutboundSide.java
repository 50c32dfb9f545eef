package dev.hawser.proxy.outbound;

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
import dev.hawser.proxy.routing.RouteBook;
import dev.hawser.proxy.routing.Router;
import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Requests of the workload to the mesh, on one connection. */
final class OutboundSide implements Side {
  /** How long a request waits for routes that have not come yet. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration DEFAULT_STREAM_IDLE = Duration.ofMinutes(5);

  private final ProxyContext context;
  private final Worker worker;
  private final Supplier<ListenerConfig.Content.@Nullable Http> content;

  private @Nullable HostTable inline;

  /**
   * Makes a side.
   *
   * @param content of the listener at this moment; null once it is gone
   */
  OutboundSide(
      ProxyContext context,
      Worker worker,
      Supplier<ListenerConfig.Content.@Nullable Http> content) {
    this.context = context;
    this.worker = worker;
    this.content = content;
  }

  @Override
  public void route(Http2Headers request, Consumer<RouteDecision> then) {
    ListenerConfig.Content.Http http = content.get();
    if (http == null) {
      then.accept(new RouteDecision.Answer(Replies.noRoutesYet("of a listener that is gone")));
      return;
    }
    switch (http.routes()) {
      case ListenerConfig.Routes.Inline(RouteTable table) -> byTable(sorted(table), request, then);
      case ListenerConfig.Routes.Named(String name) -> byName(name, request, then);
    }
  }

  private HostTable sorted(RouteTable table) {
    HostTable present = inline;
    // Equal tables may be large; the same one is what counts.
    if (present == null || !present.isOf(table)) {
      present = new HostTable(table);
      inline = present;
    }
    return present;
  }

  private void byName(String name, Http2Headers request, Consumer<RouteDecision> then) {
    HostTable table = context.routes().table(name);
    if (table != null) {
      byTable(table, request, then);
      return;
    }
    RouteBook routes = context.routes();
    routes
        .changed()
        .await(
            worker,
            () -> routes.table(name) != null,
            PATIENCE,
            () -> {
              HostTable come = routes.table(name);
              if (come == null) {
                then.accept(new RouteDecision.Answer(Replies.noRoutesYet(name)));
              } else {
                byTable(come, request, then);
              }
            });
  }

  private void byTable(HostTable table, Http2Headers request, Consumer<RouteDecision> then) {
    String authority = authority(request);
    RouteTable.Host host = table.find(authority);
    if (host != null) {
      then.accept(Router.decide(host, request, context.upstreams(), worker.random()));
    } else if (table.isOnDemand()) {
      onDemand(table.name(), authority, request, then);
    } else {
      then.accept(new RouteDecision.Answer(Replies.noSuchHost(authority)));
    }
  }

  private void onDemand(
      String table, String authority, Http2Headers request, Consumer<RouteDecision> then) {
    RouteBook routes = context.routes();
    RouteBook.OnDemand known = routes.host(table, authority);
    if (!(known instanceof RouteBook.OnDemand.Awaited)) {
      answer(known, authority, request, then);
      return;
    }
    routes
        .changed()
        .await(
            worker,
            () -> !(routes.host(table, authority) instanceof RouteBook.OnDemand.Awaited),
            PATIENCE,
            () -> answer(routes.host(table, authority), authority, request, then));
  }

  private void answer(
      RouteBook.OnDemand known,
      String authority,
      Http2Headers request,
      Consumer<RouteDecision> then) {
    then.accept(
        switch (known) {
          case RouteBook.OnDemand.Found(RouteTable.Host host) ->
              Router.decide(host, request, context.upstreams(), worker.random());
          case RouteBook.OnDemand.Absent _ ->
              new RouteDecision.Answer(Replies.noSuchHost(authority));
          case RouteBook.OnDemand.Awaited _ ->
              new RouteDecision.Answer(Replies.noRoutesYet("of " + authority));
        });
  }

  private static String authority(Http2Headers request) {
    CharSequence authority = request.authority();
    return authority == null ? "" : authority.toString().toLowerCase(Locale.ROOT);
  }

  @Override
  public void prepare(Http2Headers request) {
    // Who calls is what the certificate says; the workload cannot say it in a header.
    request.remove(HeaderNames.X_FORWARDED_CLIENT_CERT);
    if (!request.contains(HeaderNames.X_REQUEST_ID)) {
      request.add(HeaderNames.X_REQUEST_ID, RequestIds.next(worker.random()));
    }
  }

  @Override
  public RetryRule retries(RouteRule.Action.Forward action) {
    return action.retry();
  }

  @Override
  public boolean refusesUnprocessed() {
    return false;
  }

  @Override
  public Duration idleTimeout() {
    ListenerConfig.Content.Http http = content.get();
    return http == null
        ? DEFAULT_STREAM_IDLE
        : http.streamIdleTimeout().orElse(DEFAULT_STREAM_IDLE);
  }

  @Override
  public void finished(Summary summary) {
    OutboundReports.request(context, summary);
  }
}
