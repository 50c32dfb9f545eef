package dev.hawser.proxy.exchange;

import dev.hawser.proxy.affinity.Affinity;
import dev.hawser.proxy.affinity.AffinityPlan;
import dev.hawser.proxy.affinity.OriginalWish;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.filter.Refusal;
import dev.hawser.proxy.filter.Review;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.http.HttpStream;
import dev.hawser.proxy.http.ResetReason;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.http.StreamListener;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.model.UpstreamConfig;
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
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
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
  private @Nullable WorkerUpstream upstream;
  private @Nullable Tries tries;
  private Optional<Duration> timeout = Optional.empty();
  private @Nullable Attempt attempt;
  private RouteRule.Action.@Nullable Forward action;

  /** Whether it goes on with another protocol, in which both sides end when they like. */
  private boolean tunnel;

  /** Whether what follows it goes to the endpoint as bytes. */
  private boolean connect;

  private @Nullable String setCookie;

  /** Whether the configuration has changed since it was let in. */
  private boolean changed;

  /** Whether the endpoint has sent its last octet while the caller still sends. */
  private boolean endpointDone;

  private boolean over;

  /** Makes the listener of a request. */
  public Exchange(Worker worker, Side side, HttpStream downstream, String protocol) {
    this.worker = worker;
    this.side = side;
    this.downstream = downstream;
    this.facts = new ExchangeFacts(protocol);
    this.timers = new ExchangeTimers(worker.timers(), this);
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
    admission.begin(headers, !end && !tunnel);
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
    Refusal refusal = changed ? review() : null;
    if (refusal != null) {
      facts.details(refusal.details());
      answer(refusal.reply());
      return;
    }
    WorkerUpstream to = forward.upstream().on(worker);
    facts.upstream(forward.upstream());
    facts.route(forward.rule().name());
    if (!to.begin()) {
      answer(Replies.tooManyRequests(forward.upstream().name()));
      return;
    }
    upstream = to;
    RouteRule.Action.Forward chosen = forward.action();
    action = chosen;
    Http2Headers head = request();
    timeout = GrpcTimeout.response(chosen.timeouts(), head);
    GrpcTimeout.total(chosen.timeouts(), head).ifPresent(timers::armStream);
    AffinityPlan.Found sticky =
        AffinityPlan.find(
            chosen.stickiness(),
            forward.labels(),
            head,
            side.downstream().remote(),
            side.downstream().local());
    setCookie = sticky.setCookie();
    tries =
        new Tries(
            to,
            worker,
            RetryJudge.ask(side.retries(chosen), head, facts.isGrpc()),
            affinity(forward, sticky, head),
            side.refusesUnprocessed());
    if (tries().rule().retries() == 0) {
      upload.sentOnce();
    }
    tries().rule().perTryIdle().ifPresent(limit -> timers.watchTry(limit, this::onTryIdle));
    side.prepare(head);
    Watch watch = facts.watch();
    if (watch != null) {
      watch.passOn(head);
    }
    facts.requestId(head.get(HeaderNames.X_REQUEST_ID));
    timers.watchIdle(chosen.timeouts().idle().orElse(side.idleTimeout()));
    if (upload.isEnded() || tunnel) {
      timeout.ifPresent(timers::armTotal);
    }
    if (!chosen.mirrors().isEmpty() && !tunnel) {
      upload.mirror(headOnly ->
          Mirrors.begin(chosen.mirrors(), head, headOnly, timeout, side.upstreams(), worker));
    }
    firstTry();
  }

  private Affinity affinity(
      RouteDecision.Forward forward, AffinityPlan.Found sticky, Http2Headers head) {
    UpstreamConfig.Endpoints.Original original = forward.upstream().original();
    Downstream from = side.downstream();
    return original == null
        ? sticky.affinity()
        : OriginalWish.of(original, head, from.redirected() ? from.local() : null);
  }

  private void firstTry() {
    WorkerUpstream to = upstream();
    switch (to.upstream().state()) {
      case GONE -> answer(Replies.noSuchUpstream(to.upstream().name()));
      case AWAITED -> timers.await(to);
      case READY -> {
        Endpoint endpoint = tries().afterPause();
        if (endpoint == null) {
          answer(Replies.noEndpoints(to.upstream().name()));
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
    Attempt next = new Attempt(this, upstream(), endpoint);
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
    if (action != null) {
      AttemptHead.request(action, head, from.endpoint(), facts.attempts());
    }
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
    facts.requestData(data);
    timers.touch();
    upload.data(data, end, stream());
    requestEnded(end);
    settleRequest();
    if (end && endpointDone) {
      responseEnded();
    }
  }

  @Override
  public void onTrailers(Http2Headers trailers) {
    if (over) {
      return;
    }
    trailers.remove(HeaderNames.X_FORWARDED_CLIENT_CERT);
    upload.trailers(trailers, stream());
    requestEnded(true);
    if (endpointDone) {
      responseEnded();
    }
  }

  Upload upload() {
    return upload;
  }

  private void requestEnded(boolean end) {
    if (end && !over && upstream != null && !tunnel) {
      timeout.ifPresent(timers::armTotal);
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
    if (over) {
      return;
    }
    if (upstream == null) {
      // Filters still look at it, which may take as long as a caller likes.
      changed = true;
      return;
    }
    Refusal refusal = review();
    if (refusal != null) {
      facts.details(refusal.details());
      breakOff(refusal.reply());
    }
  }

  private @Nullable Refusal review() {
    return side.review(
        new Review(
            worker,
            side.downstream(),
            facts.asJudged(request()),
            admission.said(),
            facts.arrived(),
            this::reconsider));
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
    if (setCookie != null) {
      headers.add(HeaderNames.SET_COOKIE, setCookie);
    }
    if (action != null) {
      AttemptHead.response(action, headers, facts.attempts());
    }
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
    if (unread && connect && facts.status() / 100 == 2 && downstream.stillReceives()) {
      endpointDone = true;
      return;
    }
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
      upstream().upstream().stats().count(UpstreamStat.RQ_BROKEN);
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
    answer(Replies.failed(upstream().upstream().name(), failure, facts.attempts()));
  }

  void onTryTimeout() {
    failTry(UpstreamStat.RQ_PER_TRY_TIMEOUT, "no response head in time");
  }

  private void onTryIdle() {
    if (response.hasBegun()) {
      upstream().upstream().stats().count(UpstreamStat.RQ_PER_TRY_IDLE_TIMEOUT);
      timeOut(Replies.idle(tries().rule().perTryIdle().orElse(Duration.ZERO)));
    } else {
      failTry(UpstreamStat.RQ_PER_TRY_IDLE_TIMEOUT, "no sign of life in time");
    }
  }

  private void failTry(UpstreamStat stat, String detail) {
    Attempt present = attempt;
    if (over || response.hasBegun() || present == null) {
      return;
    }
    upstream().upstream().stats().count(stat);
    present.timeOut(detail);
    onAttemptFailed(present, new StreamFailure(StreamFailure.Kind.TRY_TIMEOUT, detail));
  }

  void onTotalTimeout() {
    if (upstream != null) {
      upstream.upstream().stats().count(UpstreamStat.RQ_TIMEOUT);
    }
    timeOut(Replies.timedOut(timeout.orElse(Duration.ZERO)));
  }

  void onStreamTimeout() {
    timeOut(Replies.tookTooLong(upload.isEnded()));
  }

  void onIdleTimeout() {
    timeOut(Replies.idle(side.idleTimeout()));
  }

  void onAwaitTimeout() {
    if (!over && attempt == null) {
      answer(Replies.notKnownYet(upstream().upstream().name()));
    }
  }

  private void timeOut(LocalReply reply) {
    if (over) {
      return;
    }
    Attempt present = attempt;
    if (present != null) {
      present.timeOut(reply.message());
    }
    breakOff(reply);
  }

  /** Answers if there is still time, else breaks the response off. */
  private void breakOff(LocalReply reply) {
    if (response.hasBegun()) {
      facts.flag(reply.flags());
      downstream.reset(ResetReason.INTERNAL);
      finish();
    } else {
      answer(reply);
    }
  }

  private void answer(LocalReply reply) {
    RouteRule.Action.Forward chosen = action;
    response.answer(
        chosen == null
            ? reply
            : reply.withStep(head -> AttemptHead.response(chosen, head, facts.attempts())));
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
    Tries made = tries;
    if (made != null) {
      facts.flag(made.wasDenied() ? "URX" : "");
      made.end();
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
    return Objects.requireNonNull(tries, "not routed yet");
  }

  private WorkerUpstream upstream() {
    return Objects.requireNonNull(upstream, "not routed yet");
  }
}
