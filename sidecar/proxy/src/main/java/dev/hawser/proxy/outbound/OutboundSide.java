package dev.hawser.proxy.outbound;

import dev.hawser.proxy.context.ProxyContext;
import dev.hawser.proxy.exchange.Side;
import dev.hawser.proxy.exchange.Summary;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.FilterChain;
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
import dev.hawser.proxy.routing.RouteBook;
import dev.hawser.proxy.routing.Selection;
import dev.hawser.proxy.routing.SteeringHeaders;
import dev.hawser.proxy.routing.VirtualHost;
import dev.hawser.proxy.upstream.Upstreams;
import dev.hawser.proxy.worker.OnDemand;
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
  private final Downstream downstream;
  private final Supplier<@Nullable HttpPlan> plan;

  /**
   * Makes a side.
   *
   * @param plan of the listener at this moment; null once it is gone
   */
  OutboundSide(
      ProxyContext context,
      Worker worker,
      Downstream downstream,
      Supplier<@Nullable HttpPlan> plan) {
    this.context = context;
    this.worker = worker;
    this.downstream = downstream;
    this.plan = plan;
  }

  @Override
  public void route(Http2Headers request, Consumer<Selection> then) {
    HttpPlan present = plan.get();
    if (present == null) {
      then.accept(Selection.none(null, Replies.noRoutesYet("of a listener that is gone")));
      return;
    }
    HostTable inline = present.table();
    if (inline != null) {
      byTable(inline, request, present.filters(), then);
    } else if (present.http().routes() instanceof ListenerConfig.Routes.Named(String name)) {
      byName(name, request, present.filters(), then);
    }
  }

  @Override
  public @Nullable Refusal review(Review review) {
    HttpPlan present = plan.get();
    if (present == null || present.filters() == null) {
      return null;
    }
    HostTable table = present.table();
    if (table == null && present.http().routes() instanceof ListenerConfig.Routes.Named named) {
      table = context.routes().table(named.name());
    }
    VirtualHost host = table == null ? null : knownHost(table, authority(review.request()));
    return present.review(host, review);
  }

  private @Nullable VirtualHost knownHost(HostTable table, String authority) {
    VirtualHost host = table.find(authority);
    return host == null
            && table.isOnDemand()
            && context.routes().host(table.name(), authority)
                instanceof OnDemand.Known.Found<VirtualHost>(VirtualHost found)
        ? found
        : host;
  }

  private void byName(
      String name, Http2Headers request, @Nullable FilterChain filters, Consumer<Selection> then) {
    RouteBook routes = context.routes();
    HostTable table = routes.table(name);
    if (table != null) {
      byTable(table, request, filters, then);
      return;
    }
    routes
        .changed()
        .await(
            worker,
            () -> routes.table(name) != null,
            PATIENCE,
            () -> {
              HostTable come = routes.table(name);
              if (come == null) {
                then.accept(Selection.none(filters, Replies.noRoutesYet(name)));
              } else {
                byTable(come, request, filters, then);
              }
            });
  }

  private void byTable(
      HostTable table,
      Http2Headers request,
      @Nullable FilterChain filters,
      Consumer<Selection> then) {
    String authority = authority(request);
    VirtualHost host = table.find(authority);
    if (host != null) {
      then.accept(Selection.in(host, request, filters, worker.random()));
    } else if (table.isOnDemand()) {
      onDemand(table.name(), authority, request, filters, then);
    } else {
      then.accept(Selection.none(filters, Replies.noSuchHost(authority)));
    }
  }

  private void onDemand(
      String table,
      String authority,
      Http2Headers request,
      @Nullable FilterChain filters,
      Consumer<Selection> then) {
    RouteBook routes = context.routes();
    OnDemand.Known<VirtualHost> known = routes.host(table, authority);
    if (!(known instanceof OnDemand.Known.Awaited)) {
      then.accept(found(known, authority, request, filters));
      return;
    }
    routes
        .changed()
        .await(
            worker,
            () -> !(routes.host(table, authority) instanceof OnDemand.Known.Awaited),
            PATIENCE,
            () -> then.accept(found(routes.host(table, authority), authority, request, filters)));
  }

  private Selection found(
      OnDemand.Known<VirtualHost> known,
      String authority,
      Http2Headers request,
      @Nullable FilterChain filters) {
    return switch (known) {
      case OnDemand.Known.Found<VirtualHost>(VirtualHost host) ->
          Selection.in(host, request, filters, worker.random());
      case OnDemand.Known.Absent<VirtualHost> _ ->
          Selection.none(filters, Replies.noSuchHost(authority));
      case OnDemand.Known.Awaited<VirtualHost> _ ->
          Selection.none(filters, Replies.noRoutesYet("of " + authority));
    };
  }

  @Override
  public @Nullable Observer observer() {
    HttpPlan present = plan.get();
    return present == null ? null : present.observer();
  }

  @Override
  public Downstream downstream() {
    return downstream;
  }

  @Override
  public Upstreams upstreams() {
    return context.upstreams();
  }

  private static String authority(Http2Headers request) {
    CharSequence authority = request.authority();
    return authority == null ? "" : authority.toString().toLowerCase(Locale.ROOT);
  }

  @Override
  public void prepare(Http2Headers request) {
    // Who calls is what the certificate says; the workload cannot say it in a header.
    request.remove(HeaderNames.X_FORWARDED_CLIENT_CERT);
    SteeringHeaders.remove(request);
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
    HttpPlan present = plan.get();
    return present == null
        ? DEFAULT_STREAM_IDLE
        : present.http().streamIdleTimeout().orElse(DEFAULT_STREAM_IDLE);
  }

  @Override
  public void finished(Summary summary) {
    OutboundReports.request(context, summary);
  }
}
