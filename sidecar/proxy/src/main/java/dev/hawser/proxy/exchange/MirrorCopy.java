package dev.hawser.proxy.exchange;

import dev.hawser.proxy.balance.Balancer;
import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.http.ClientConnection;
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
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a request. The request never waits for it: what the copy's upstream does not take soon
 * enough makes the copy end, not the request slow. Its answer is read and dropped.
 */
final class MirrorCopy implements ConnectionPool.Waiter, StreamListener {
  /** Bytes that may wait for a slow upstream. */
  private static final int MAX_HELD = 256 * 1024;

  private final Worker worker;
  private final WorkerUpstream upstream;
  private final Http2Headers head;
  private final Duration timeout;
  private final Timer timer = new Timer(this::abandon);
  private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(2);
  private @Nullable Http2Headers trailers;
  private @Nullable Endpoint endpoint;
  private @Nullable HttpStream stream;
  private int heldBytes;
  private boolean requestEnded;
  private boolean answerEnded;
  private boolean entered;
  private boolean over;

  MirrorCopy(Worker worker, WorkerUpstream upstream, Http2Headers head, Duration timeout) {
    this.worker = worker;
    this.upstream = upstream;
    this.head = head;
    this.timeout = timeout;
  }

  /** Begins; an upstream that is not ready gets no copy. */
  void begin(boolean end) {
    requestEnded = end;
    Balancer balancer = upstream.upstream().balancer();
    boolean ready = upstream.upstream().state() == Upstream.State.READY;
    Endpoint picked = ready && balancer != null ? balancer.pick(upstream.rotation()) : null;
    if (picked == null || !upstream.begin()) {
      over = true;
      return;
    }
    entered = true;
    endpoint = picked;
    worker.timers().arm(timer, timeout.toNanos());
    upstream.acquire(picked, this);
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
    opened.sendHeaders(head, requestEnded && held.isEmpty() && trailers == null);
    flush(opened);
  }

  @Override
  public void failed(StreamFailure failure) {
    abandon();
  }

  /** Takes a piece of the body with its ownership. */
  void data(ByteBuf piece, boolean end) {
    if (over || heldBytes + piece.readableBytes() > MAX_HELD) {
      piece.release();
      abandon();
      return;
    }
    held.add(piece);
    heldBytes += piece.readableBytes();
    requestEnded = end;
    HttpStream open = stream;
    if (open != null) {
      flush(open);
    }
  }

  void trailers(Http2Headers fields) {
    if (over) {
      return;
    }
    trailers = fields;
    requestEnded = true;
    HttpStream open = stream;
    if (open != null) {
      flush(open);
    }
  }

  private void flush(HttpStream open) {
    while (!held.isEmpty() && open.isWritable() && !over) {
      ByteBuf piece = held.remove();
      heldBytes -= piece.readableBytes();
      open.sendData(piece, requestEnded && held.isEmpty() && trailers == null);
    }
    Http2Headers last = trailers;
    if (held.isEmpty() && last != null && !over) {
      trailers = null;
      open.sendTrailers(last);
    }
  }

  @Override
  public void onWritable() {
    HttpStream open = stream;
    if (open != null && !over) {
      flush(open);
    }
  }

  @Override
  public void onHeaders(Http2Headers headers, boolean end) {
    Endpoint on = endpoint;
    if (on != null) {
      upstream.upstream().noteAnswer(on, ExchangeFacts.parseStatus(headers.status()));
    }
    answered(end);
  }

  @Override
  public void onData(ByteBuf data, boolean end) {
    int size = data.readableBytes();
    data.release();
    HttpStream open = stream;
    if (open != null && !over) {
      open.credit(size);
    }
    answered(end);
  }

  @Override
  public void onTrailers(Http2Headers fields) {
    answered(true);
  }

  private void answered(boolean end) {
    answerEnded = end;
    if (end) {
      abandon();
    }
  }

  @Override
  public void onReset(StreamFailure failure) {
    answerEnded = true;
    requestEnded = true;
    abandon();
  }

  /** Ends it, whatever is still missing; once. */
  void abandon() {
    if (over) {
      return;
    }
    over = true;
    worker.timers().cancel(timer);
    for (ByteBuf piece = held.poll(); piece != null; piece = held.poll()) {
      piece.release();
    }
    Endpoint on = endpoint;
    HttpStream open = stream;
    if (open != null && on != null) {
      on.ended();
      if (!answerEnded || !requestEnded) {
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
