package dev.hawser.proxy.exchange;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.FilterChain;
import dev.hawser.proxy.filter.FilterRun;
import dev.hawser.proxy.filter.RouteSettings;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.routing.Route;
import dev.hawser.proxy.routing.RouteDecision;
import dev.hawser.proxy.routing.Router;
import dev.hawser.proxy.routing.Selection;
import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The way of a request from its arrival to what becomes of it: its route and the filters. */
final class Admission implements FilterRun.Owner {
  private final Worker worker;
  private final Side side;
  private final ExchangeFacts facts;
  private final Exchange exchange;
  private @Nullable Http2Headers request;
  private boolean hasBody;
  private @Nullable Selection selection;
  private @Nullable FilterRun run;

  Admission(Worker worker, Side side, ExchangeFacts facts, Exchange exchange) {
    this.worker = worker;
    this.side = side;
    this.facts = facts;
    this.exchange = exchange;
  }

  /** Begins; ends in {@link Exchange#decided}, maybe later. */
  void begin(Http2Headers head, boolean end) {
    request = head;
    hasBody = !end;
    side.route(head, this::selected);
  }

  private void selected(Selection found) {
    if (exchange.isOver()) {
      return;
    }
    selection = found;
    FilterChain chain = found.filters();
    if (chain == null) {
      passed();
    } else {
      FilterRun begun = new FilterRun(chain, this);
      run = begun;
      begun.begin();
    }
  }

  @Override
  public void passed() {
    exchange.decided(Router.decide(selection(), request(), side.upstreams(), worker.random()));
  }

  @Override
  public void answered(LocalReply reply) {
    exchange.decided(new RouteDecision.Answer(reply));
  }

  @Override
  public void routeAgain() {
    selection = selection().again(request());
  }

  @Override
  public @Nullable RouteRule rule() {
    Route route = selection().route();
    return route == null ? null : route.rule();
  }

  @Override
  public @Nullable RouteSettings settings() {
    Route route = selection().route();
    return route == null ? null : route.settings();
  }

  /** Takes the filters' steps on the head of the response. */
  void respond(Http2Headers response) {
    if (run != null) {
      run.respond(response);
    }
  }

  /** The request is over. */
  void end() {
    if (run != null) {
      run.end();
    }
  }

  @Override
  public Http2Headers request() {
    return Objects.requireNonNull(request, "no head yet");
  }

  @Override
  public boolean hasBody() {
    return hasBody;
  }

  @Override
  public void awaitBody(int bytes, Runnable then) {
    exchange.awaitBody(bytes, then);
  }

  @Override
  public byte[] body(int most) {
    return exchange.body().first(most);
  }

  @Override
  public Downstream downstream() {
    return side.downstream();
  }

  @Override
  public Worker worker() {
    return worker;
  }

  @Override
  public void flag(String flag) {
    facts.flag(flag);
  }

  @Override
  public void details(String details) {
    facts.details(details);
  }

  private Selection selection() {
    return Objects.requireNonNull(selection, "not routed yet");
  }
}
