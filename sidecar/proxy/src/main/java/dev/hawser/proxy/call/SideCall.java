package dev.hawser.proxy.call;

import com.google.protobuf.ByteString;
import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.http.ClientConnection;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.http.HttpStream;
import dev.hawser.proxy.http.ResetReason;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.http.StreamListener;
import dev.hawser.proxy.upstream.ConnectionPool;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.proxy.upstream.WorkerUpstream;
import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request of the proxy itself, with its whole response in memory. It is tried once. Lives on
 * one event loop.
 */
public final class SideCall implements ConnectionPool.Waiter, StreamListener {
  /** How often an upstream that has not come yet is looked for. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Worker worker;
  private final WorkerUpstream upstream;
  private final Http2Headers head;
  private final byte[] body;
  private final int maxBytes;
  private final Consumer<Result> then;
  private final Timer timer = new Timer(this::timeOut);
  private final Timer again = new Timer(this::begin);
  private final ByteString.Output answer = ByteString.newOutput();
  private Http2Headers answerHead = EmptyHttp2Headers.INSTANCE;
  private @Nullable Endpoint endpoint;
  private @Nullable HttpStream stream;
  private boolean entered;
  private boolean ended;
  private boolean over;

  /** How a call ended. */
  public sealed interface Result {
    /**
     * With a response, whatever its status.
     *
     * @param trailers maybe empty
     */
    record Answered(Http2Headers head, ByteString body, Http2Headers trailers) implements Result {
      /** Returns the status, or 0 if it is none. */
      public int status() {
        return head.getInt(Http2Headers.PseudoHeaderName.STATUS.value(), 0);
      }
    }

    /**
     * Without one.
     *
     * @param reason a sentence fragment
     */
    record Failed(String reason) implements Result {}
  }

  private SideCall(
      Worker worker,
      WorkerUpstream upstream,
      Http2Headers head,
      byte[] body,
      int maxBytes,
      Consumer<Result> then) {
    this.worker = worker;
    this.upstream = upstream;
    this.head = head;
    this.body = body;
    this.maxBytes = maxBytes;
    this.then = then;
  }

  /**
   * Sends a request; call it on the worker's loop.
   *
   * @param head with method, scheme, authority and path; the length of the body is added
   * @param timeout for all of it, a wait for the upstream's configuration included
   * @param maxBytes of the response's body; a longer one is a failure
   * @param then called once, on the loop, never before this method has returned
   */
  public static SideCall send(
      Worker worker,
      Upstream upstream,
      Http2Headers head,
      byte[] body,
      Duration timeout,
      int maxBytes,
      Consumer<Result> then) {
    if (body.length > 0) {
      head.set(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
    }
    SideCall call = new SideCall(worker, upstream.on(worker), head, body, maxBytes, then);
    worker.timers().arm(call.timer, timeout.toNanos());
    worker.loop().execute(call::begin);
    return call;
  }

  /** Nobody waits for it any more; {@code then} will not be called. */
  public void cancel() {
    finish();
  }

  private void begin() {
    if (over) {
      return;
    }
    if (!entered && !upstream.begin()) {
      fail("too many requests to " + upstream.upstream().name() + " are at work");
      return;
    }
    entered = true;
    switch (upstream.upstream().state()) {
      case GONE -> fail("there is no upstream " + upstream.upstream().name());
      case AWAITED -> worker.timers().arm(again, LOOK_NANOS);
      case READY -> {
        Balancer balancer = upstream.upstream().balancer();
        Endpoint picked = balancer == null ? null : balancer.pick(upstream.rotation());
        if (picked == null) {
          fail("no instance of " + upstream.upstream().name() + " is there");
        } else {
          endpoint = picked;
          upstream.acquire(picked, this);
        }
      }
    }
  }

  @Override
  public void connected(ClientConnection connection) {
    Endpoint on = endpoint;
    if (over || on == null) {
      return;
    }
    HttpStream opened = connection.open(this);
    stream = opened;
    on.began();
    opened.sendHeaders(head, body.length == 0);
    if (body.length > 0) {
      opened.sendData(Unpooled.wrappedBuffer(body), true);
    }
  }

  @Override
  public void failed(StreamFailure failure) {
    fail(failure.detail());
  }

  @Override
  public void onHeaders(Http2Headers headers, boolean end) {
    answerHead = headers;
    if (end) {
      complete(EmptyHttp2Headers.INSTANCE);
    }
  }

  @Override
  public void onData(ByteBuf data, boolean end) {
    int size = data.readableBytes();
    HttpStream from = stream;
    if (over || from == null || size > maxBytes - answer.size()) {
      data.release();
      fail("the answer is longer than " + maxBytes + " bytes");
      return;
    }
    byte[] piece = new byte[size];
    data.readBytes(piece);
    data.release();
    answer.write(piece, 0, size);
    from.credit(size);
    if (end) {
      complete(EmptyHttp2Headers.INSTANCE);
    }
  }

  @Override
  public void onTrailers(Http2Headers trailers) {
    complete(trailers);
  }

  private void complete(Http2Headers trailers) {
    if (over) {
      return;
    }
    ended = true;
    Result.Answered answered = new Result.Answered(answerHead, answer.toByteString(), trailers);
    Endpoint on = endpoint;
    if (on != null) {
      upstream.upstream().noteAnswer(on, answered.status());
    }
    finish();
    then.accept(answered);
  }

  @Override
  public void onWritable() {
    // The body is small and was handed over whole.
  }

  @Override
  public void onReset(StreamFailure failure) {
    Endpoint on = endpoint;
    if (!over && on != null) {
      ended = true;
      upstream.upstream().noteFailure(on, failure);
    }
    fail(failure.detail());
  }

  private void timeOut() {
    Endpoint on = endpoint;
    if (!over && stream != null && on != null) {
      upstream
          .upstream()
          .noteFailure(on, new StreamFailure(StreamFailure.Kind.TRY_TIMEOUT, "no answer in time"));
    }
    fail("no answer from " + upstream.upstream().name() + " in time");
  }

  private void fail(String reason) {
    if (!over) {
      finish();
      then.accept(new Result.Failed(reason));
    }
  }

  private void finish() {
    if (over) {
      return;
    }
    over = true;
    worker.timers().cancel(timer);
    worker.timers().cancel(again);
    Endpoint on = endpoint;
    HttpStream open = stream;
    if (open != null && on != null) {
      on.ended();
      if (!ended) {
        open.reset(ResetReason.CANCEL);
      }
    } else if (on != null) {
      upstream.cancel(on, this);
    }
    if (entered) {
      upstream.end();
    }
  }
}
