package dev.hawser.proxy.exchange;

import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.http.HttpStream;
import dev.hawser.proxy.http.ResetReason;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.http.StreamListener;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.observe.Observer;
import dev.hawser.proxy.observe.Watch;
import dev.hawser.proxy.reply.LocalReply;
import dev.hawser.proxy.reply.Replies;
import dev.hawser.proxy.routing.RouteDecision;
import dev.hawser.proxy.upstream.UpstreamStat;
import dev.hawser.proxy.upstream.WorkerUpstream;
import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response. Nothing is shown to the caller before a response head is there that
 * will not be replaced by another try; after that nothing is ever tried again.
 *
 * <p>Lives on one event loop.
 */
public final class Exchange implements StreamListener {
  private final Worker worker;
  private final Side side;
  private final HttpStream downstream;
  private final ExchangeFacts facts;
  private final ExchangeTimers timers;
  private final Admission admission;
  private final Response response;
  private final Upload upload;
  private @Nullable Http2Headers request;
  private @Nullable Course course;
  private @Nullable Attempt attempt;

  /** Whether it goes on with another protocol, in which both sides end when they like. */
  private boolean tunnel;

  /** Whether what follows it goes to the endpoint as bytes. */
  private boolean connect;

  private boolean over;

  /** Makes the listener of a request. */
  public Exchange(Worker worker, Side side, HttpStream downstream, String protocol) {
    this.worker = worker;
    this.side = side;
    this.downstream = downstream;
    this.facts = new ExchangeFacts(protocol);
    this.timers = new ExchangeTimers(worker.timers(), this, new Overdue(this, side));
    this.admission = new Admission(worker, side, facts, this);
    this.upload = new Upload(downstream, worker);
    this.response = new Response(downstream, facts, admission, worker.date());
  }

  @Override
  public void onHeaders(Http2Headers headers, boolean end) {
    request = headers;
    facts.begin(headers);
    Observer observer = side.observer();
    if (observer != null) {
      facts.watch(observer.begin(headers, side.downstream(), worker.random()));
    }
    connect = headers.path() == null;
    tunnel = connect || headers.contains(Http2Headers.PseudoHeaderName.PROTOCOL.value());
    if (end) {
      upload.none();
    }
    admission.begin(headers, end);
  }

  boolean isOver() {
    return over;
  }

  /** It is known what becomes of the request. */
  void decided(RouteDecision decision) {
    if (over) {
      return;
    }
    switch (decision) {
      case RouteDecision.Answer(LocalReply reply) -> answer(reply);
      case RouteDecision.Forward forward -> forward(forward);
    }
  }

  private void forward(RouteDecision.Forward forward) {
    WorkerUpstream to = forward.upstream().on(worker);
    facts.upstream(forward.upstream());
    facts.route(forward.rule().name());
    if (!to.begin()) {
      answer(Replies.tooManyRequests(forward.upstream().name()));
      return;
    }
    Http2Headers head = request();
    Course chosen = Course.of(forward, to, side, worker, head, facts.isGrpc());
    course = chosen;
    RouteRule.Action.Forward action = chosen.action();
    GrpcTimeout.total(action.timeouts(), head).ifPresent(timers::armStream);
    chosen.tries().rule().perTryIdle().ifPresent(timers::watchTry);
    side.prepare(head);
    Watch watch = facts.watch();
    if (watch != null) {
      watch.passOn(head);
    }
    facts.requestId(head.get(HeaderNames.X_REQUEST_ID));
    timers.watchIdle(action.timeouts().idle().orElse(side.idleTimeout()));
    if (upload.isEnded() || tunnel) {
      chosen.timeout().ifPresent(timers::armTotal);
    }
    if (!action.mirrors().isEmpty() && !tunnel) {
      upload.mirror(headOnly ->
          Mirrors.begin(
              action.mirrors(), head, headOnly, chosen.timeout(), side.upstreams(), worker));
    }
    firstTry();
  }

  private void firstTry() {
    Course to = course();
    switch (to.state()) {
      case GONE -> answer(Replies.noSuchUpstream(to.name()));
      case AWAITED -> timers.await(to.upstream());
      case READY -> {
        Endpoint endpoint = to.tries().afterPause();
        if (endpoint == null) {
          answer(Replies.noEndpoints(to.name()));
        } else {
          tryOn(endpoint);
        }
      }
    }
  }

  void upstreamChanged() {
    if (!over && attempt == null) {
      timers.cancelAwait();
      firstTry();
    }
  }

  private void tryOn(Endpoint endpoint) {
    facts.attempt(endpoint);
    Attempt next = new Attempt(this, course().upstream(), endpoint);
    attempt = next;
    if (upload.isEnded()) {
      tries().rule().perTryTimeout().ifPresent(timers::armTry);
    }
    timers.beginTry();
    next.begin(connect);
  }

  /** The attempt has a stream: everything so far goes out on it. */
  void onStream(Attempt from, HttpStream stream) {
    facts.peer(from.peer());
    Http2Headers head = request();
    course().address(head, from.endpoint(), facts.attempts());
    from.watched(facts.watch(), head);
    upload.start(head, stream);
    settleRequest();
  }

  @Override
  public void onData(ByteBuf data, boolean end) {
    if (over) {
      data.release();
      return;
    }
    facts.requestBytes(data.readableBytes());
    timers.touch();
    upload.data(data, end, stream());
    requestEnded(end);
    settleRequest();
  }

  @Override
  public void onTrailers(Http2Headers trailers) {
    if (over) {
      return;
    }
    trailers.remove(HeaderNames.X_FORWARDED_CLIENT_CERT);
    upload.trailers(trailers, stream());
    requestEnded(true);
  }

  Upload upload() {
    return upload;
  }

  private void requestEnded(boolean end) {
    Course chosen = course;
    if (end && !over && chosen != null && !tunnel) {
      chosen.timeout().ifPresent(timers::armTotal);
      if (attempt != null && !response.hasBegun()) {
        tries().rule().perTryTimeout().ifPresent(timers::armTry);
      }
    }
  }

  /** Lets the caller send more once what it sent is on its way. */
  void settleRequest() {
    upload.settle(stream());
  }

  @Override
  public void onReset(StreamFailure failure) {
    if (!over) {
      facts.ended(response.hasBegun() ? facts.status() : 0, failure.kind().flag());
      finish();
    }
  }

  @Override
  public void reconsider() {
    // One that filters still look at, or a route answers, is soon over.
    if (over || course == null) {
      return;
    }
    if (!side.stillAllows(facts.asJudged(request()), admission.metadata())) {
      facts.details("rbac_access_denied");
      breakOff(Replies.denied());
    }
  }

  boolean isRequestSent() {
    return upload.isEnded();
  }

  void onInterim(Http2Headers headers) {
    response.interim(headers);
  }

  void onResponse(Attempt from, Http2Headers headers, boolean end) {
    timers.cancelTry();
    timers.touch();
    int status = ExchangeFacts.parseStatus(headers.status());
    Tries.Next next =
        tries().afterResponse(from.endpoint(), status, headers, upload.isReplayable());
    if (!(next instanceof Tries.Next.Stop)) {
      timers.endTry();
      from.release();
      attempt = null;
      Watch watch = facts.watch();
      if (watch != null) {
        watch.tryAnswered(status);
      }
      goOn(next);
      return;
    }
    if (tunnel) {
      timers.cancelTotal();
    }
    upload.forget();
    course().respond(headers, facts.attempts());
    response.head(headers, status, end);
    if (end) {
      responseEnded();
    }
  }

  private void goOn(Tries.Next next) {
    switch (next) {
      case Tries.Next.Stop _ -> {}
      case Tries.Next.TryOn(Endpoint endpoint) -> tryOn(endpoint);
      case Tries.Next.TryLater(long nanos) -> timers.armBackoff(nanos);
    }
  }

  void onResponseData(Attempt from, ByteBuf data, boolean end) {
    timers.touch();
    response.data(data, end);
    if (end) {
      responseEnded();
    } else {
      response.settle(from.stream());
    }
  }

  void onResponseTrailers(Attempt from, Http2Headers trailers) {
    response.settle(from.stream());
    response.trailers(trailers);
    responseEnded();
  }

  @Override
  public void onWritable() {
    Attempt present = attempt;
    if (present != null) {
      response.settle(present.stream());
    }
  }

  private void responseEnded() {
    if (over) {
      return;
    }
    boolean unread = !upload.isEnded();
    finish();
    if (unread) {
      downstream.reset(ResetReason.DONE);
    }
  }

  void onAttemptFailed(Attempt from, StreamFailure failure) {
    if (over || from != attempt) {
      return;
    }
    timers.endTry();
    Watch watch = facts.watch();
    if (watch != null) {
      watch.tryFailed(failure.kind().flag(), failure.detail());
    }
    if (response.hasBegun()) {
      course().stats().count(UpstreamStat.RQ_BROKEN);
      facts.flag(failure.kind().flag());
      // The end of the stream is missing, which tells the caller enough; it may ask for the reason.
      boolean calmly = failure.kind() == StreamFailure.Kind.RESET_CALMLY;
      downstream.reset(calmly ? ResetReason.DONE : ResetReason.INTERNAL);
      finish();
      return;
    }
    attempt = null;
    Tries.Next next = tries().afterFailure(from.endpoint(), failure.kind(), upload.isReplayable());
    if (next instanceof Tries.Next.Stop) {
      giveUp(failure);
    } else {
      goOn(next);
    }
  }

  void onBackoffOver() {
    if (!over && attempt == null) {
      firstTry();
    }
  }

  private void giveUp(StreamFailure failure) {
    boolean refuse =
        side.refusesUnprocessed() && failure.kind().notSent() && facts.protocol().equals("HTTP/2");
    if (refuse) {
      facts.ended(503, failure.kind().flag());
      downstream.reset(ResetReason.REFUSED);
      finish();
      return;
    }
    answer(Replies.failed(course().name(), failure, facts.attempts()));
  }

  /** Answers if there is still time, else breaks the response off. */
  void breakOff(LocalReply reply) {
    if (response.hasBegun()) {
      facts.flag(reply.flags());
      downstream.reset(ResetReason.INTERNAL);
      finish();
    } else {
      answer(reply);
    }
  }

  void answer(LocalReply reply) {
    Course chosen = course;
    response.answer(chosen == null ? reply : chosen.answer(reply, facts.attempts()));
    responseEnded();
  }

  /** Gives everything back and tells what happened; once. */
  private void finish() {
    over = true;
    timers.cancelAll();
    Attempt present = attempt;
    if (present != null) {
      present.release();
    }
    upload.end();
    Course taken = course;
    if (taken != null) {
      facts.flag(taken.tries().wasDenied() ? "URX" : "");
      taken.tries().end();
    }
    Metadata said = admission.metadata();
    admission.end();
    Summary summary = facts.summary();
    side.finished(summary);
    facts.tell(summary, said);
  }

  private @Nullable HttpStream stream() {
    Attempt present = attempt;
    return present == null ? null : present.stream();
  }

  private Http2Headers request() {
    return Objects.requireNonNull(request, "no head yet");
  }

  private Tries tries() {
    return course().tries();
  }

  /** Returns where it goes; only once it is routed. */
  Course course() {
    return Objects.requireNonNull(course, "not routed yet");
  }

  /** Returns the try under way, or null. */
  @Nullable Attempt attempt() {
    return attempt;
  }

  /** Whether the caller has seen a part of the response. */
  boolean hasAnswered() {
    return response.hasBegun();
  }
}
