package dev.hawser.proxy.exchange;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.FilterChain;
import dev.hawser.proxy.filter.FilterRun;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.filter.RouteSettings;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.routing.RouteContext;
import dev.hawser.proxy.routing.RouteDecision;
import dev.hawser.proxy.routing.Router;
import dev.hawser.proxy.routing.Selection;
import dev.hawser.proxy.upstream.Upstreams;
import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The way of a request from its arrival to what becomes of it: its route and the filters. */
final class Admission implements FilterRun.Owner, RouteContext {
  private final Worker worker;
  private final Side side;
  private final ExchangeFacts facts;
  private final Exchange exchange;
  private @Nullable Http2Headers request;
  private boolean hasBody;
  private @Nullable Selection selection;
  private @Nullable FilterRun run;
  private RouteDecision.@Nullable Forward forward;

  /** Of a request that passed no filter when it came. */
  private @Nullable Metadata saidLater;

  Admission(Worker worker, Side side, ExchangeFacts facts, Exchange exchange) {
    this.worker = worker;
    this.side = side;
    this.facts = facts;
    this.exchange = exchange;
  }

  /**
   * Begins; ends in {@link Exchange#decided}, maybe later.
   *
   * @param body whether one follows the head; what a tunnel carries is none
   */
  void begin(Http2Headers head, boolean body) {
    request = head;
    hasBody = body;
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
    if (selection().changesRequest()) {
      facts.judged(request());
    }
    RouteDecision decision = Router.decide(selection(), request(), this);
    if (decision instanceof RouteDecision.Forward chosen) {
      forward = chosen;
    }
    exchange.decided(decision);
  }

  @Override
  public void answered(LocalReply reply) {
    exchange.decided(new RouteDecision.Answer(reply));
  }

  @Override
  public void routeAgain() {
    selection = selection().again(request(), worker.random());
  }

  @Override
  public @Nullable RouteRule rule() {
    return selection().rule();
  }

  @Override
  public @Nullable RouteSettings settings() {
    return selection().settings();
  }

  /** Changes the head of an upstream's response. */
  void respond(Http2Headers response) {
    if (forward != null) {
      forward.respond(request(), response, this);
    }
    filtered(response);
  }

  /** Changes the head of an answer of the proxy itself: what a route says counts for it too. */
  void answer(Http2Headers response) {
    if (selection != null) {
      Router.respond(selection, request(), response, this);
    }
    filtered(response);
  }

  /** Takes the filters' steps on the head of any answer. */
  private void filtered(Http2Headers response) {
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
    CharSequence expected = request().get(HeaderNames.EXPECT);
    if (expected != null && AsciiString.contentEqualsIgnoreCase(expected, "100-continue")) {
      // Nobody but us asks for the body now (RFC 9110 section 10.1.1).
      request().remove(HeaderNames.EXPECT);
      exchange.onInterim(new DefaultHttp2Headers(false).status("100"));
    }
    exchange.upload().await(bytes, then);
  }

  @Override
  public byte[] body(int most) {
    return exchange.upload().first(most);
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

  /** Returns what filters say about the request, for those that judge it later. */
  Metadata said() {
    Metadata present = metadata();
    if (present == null) {
      present = new Metadata();
      saidLater = present;
    }
    return present;
  }

  @Override
  public @Nullable Metadata metadata() {
    return run == null ? saidLater : run.metadata();
  }

  @Override
  public Upstreams upstreams() {
    return side.upstreams();
  }

  @Override
  public SplittableRandom random() {
    return worker.random();
  }

  @Override
  public String protocol() {
    return facts.protocol();
  }

  private Selection selection() {
    return Objects.requireNonNull(selection, "not routed yet");
  }
}
