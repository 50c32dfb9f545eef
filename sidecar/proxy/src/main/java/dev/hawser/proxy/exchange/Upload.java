package dev.hawser.proxy.exchange;

import dev.hawser.proxy.http.HttpStream;
import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What follows the head of a request, on its way to the upstream and to copies. */
final class Upload {
  private final HttpStream downstream;
  private final Worker worker;
  private final RequestBody body = new RequestBody();
  private final BodyWish wish = new BodyWish();
  private Mirrors mirrors = Mirrors.NONE;
  private int owed;

  Upload(HttpStream downstream, Worker worker) {
    this.downstream = downstream;
    this.worker = worker;
  }

  /** Nothing follows. */
  void none() {
    body.none();
  }

  /** Whether the caller has sent everything. */
  boolean isEnded() {
    return body.isEnded();
  }

  /** Whether it can be sent from its beginning. */
  boolean isReplayable() {
    return body.isReplayable();
  }

  /** There will be no other try. */
  void sentOnce() {
    body.sentOnce();
  }

  /** Returns the first of the bytes so far, at most so many. */
  byte[] first(int most) {
    return body.first(most);
  }

  /** A filter goes on, later, once so many bytes are there or the end. */
  void await(int bytes, Runnable then) {
    wish.make(bytes, then);
    worker.loop().execute(this::look);
  }

  private void look() {
    if (wish.isOpen(body.size(), body.isEnded())) {
      credit();
    }
  }

  /**
   * Begins copies.
   *
   * @param begin makes them, and is told whether nothing follows the head
   */
  void mirror(Function<Boolean, Mirrors> begin) {
    mirrors = begin.apply(body.isHeadOnly());
    body.copyTo(mirrors);
  }

  /** Sends everything so far on a new stream. */
  void start(Http2Headers head, HttpStream stream) {
    if (body.isHeadOnly()) {
      stream.sendHeaders(head, true);
    } else {
      stream.sendHeaders(head, false);
      body.replay(stream);
    }
  }

  /** Takes a piece; the stream is null while there is none to send it on. */
  void data(ByteBuf data, boolean end, @Nullable HttpStream stream) {
    mirrors.data(data, end);
    owed += data.readableBytes();
    if (stream == null) {
      body.hold(data, end);
      look();
    } else {
      body.pass(data, end, stream);
    }
  }

  void trailers(Http2Headers trailers, @Nullable HttpStream stream) {
    mirrors.trailers(trailers);
    if (stream == null) {
      body.holdTrailers(trailers);
      look();
    } else {
      body.passTrailers(trailers, stream);
    }
  }

  /** Lets the caller send more once what it sent is on its way. */
  void settle(@Nullable HttpStream stream) {
    if (stream != null && stream.isWritable()) {
      credit();
    }
  }

  private void credit() {
    if (owed > 0) {
      int credit = owed;
      owed = 0;
      downstream.credit(credit);
    }
  }

  /** It will not be sent again. */
  void forget() {
    body.release();
  }

  /** The request is over; copies of one that was not completed are not either. */
  void end() {
    wish.drop();
    if (!body.isEnded()) {
      mirrors.abandon();
    }
    body.release();
  }
}
