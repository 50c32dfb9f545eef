package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** One stream of an {@link Http2Endpoint}. */
final class Http2WireStream implements HttpStream {
  private final Http2Endpoint endpoint;
  private @Nullable Http2Stream stream;
  private @Nullable StreamListener listener;
  private boolean headReceived;
  private boolean received;
  private boolean sent;
  private boolean closed;
  private @Nullable Http2Tunnel tunnel;
  private @Nullable ChannelFuture ending;

  /** How often the end of the message was found waiting for the peer's window. */
  private int looks;

  /** Makes a stream; a client's gets its number with its first headers. */
  Http2WireStream(Http2Endpoint endpoint, @Nullable Http2Stream stream) {
    this.endpoint = endpoint;
    this.stream = stream;
  }

  void listen(StreamListener toThis) {
    listener = toThis;
  }

  /** The peer asks to go on with another protocol on this stream. */
  void offerTunnel() {
    tunnel = new Http2Tunnel();
  }

  StreamListener listener() {
    StreamListener present = listener;
    if (present == null) {
      throw new IllegalStateException("stream has no listener yet");
    }
    return present;
  }

  /** Whether a request of ours: its head is a response's. */
  private boolean isResponse(Http2Headers headers) {
    return headers.status() != null;
  }

  void receiveHeaders(Http2Headers headers, boolean end) {
    if (closed || received) {
      return;
    }
    if (headReceived) {
      received = end;
      if (!end || HeaderRules.checkFields(headers, endpoint.limits().headerCount()) != null) {
        malformed("malformed trailers");
        return;
      }
      listener().onTrailers(headers);
      return;
    }
    String problem = isResponse(headers) ? checkResponse(headers) : null;
    if (problem != null) {
      malformed(problem);
      return;
    }
    if (isResponse(headers) && isInformational(headers) && !end) {
      listener().onInformational(headers);
      return;
    }
    headReceived = true;
    received = end;
    if (stream != null && tunnel != null && isResponse(headers)) {
      Http2Tunnel.toSwitching(headers);
    }
    listener().onHeaders(headers, end);
  }

  /** Breaks off what the peer may not send. */
  private void malformed(String reason) {
    reset(ResetReason.PROTOCOL);
    listener().onReset(new StreamFailure(StreamFailure.Kind.PROTOCOL, reason));
  }

  private @Nullable String checkResponse(Http2Headers headers) {
    return AsciiString.contentEquals("101", headers.status())
        ? "101 over HTTP/2"
        : HeaderRules.checkFields(headers, endpoint.limits().headerCount());
  }

  private static boolean isInformational(Http2Headers headers) {
    CharSequence status = headers.status();
    return status != null && status.length() == 3 && status.charAt(0) == '1';
  }

  /** Takes data; what nobody wants is credited at once. */
  void receiveData(ByteBuf data, boolean end) {
    if (closed || received) {
      int size = data.readableBytes();
      data.release();
      credit(size);
      return;
    }
    received = end;
    listener().onData(data, end);
  }

  void writable() {
    if (!closed && !sent) {
      listener().onWritable();
    }
  }

  void fail(StreamFailure failure) {
    if (!closed) {
      closed = true;
      listener().onReset(failure);
    }
  }

  /** Netty has closed the stream: in order if both halves are whole, else by the given cause. */
  void streamClosed(StreamFailure cause) {
    if (closed) {
      return;
    }
    if (received && sent) {
      closed = true;
    } else if (received) {
      // The peer has answered and wants no more of the request; it is told by our silence.
      closed = true;
      listener().onReset(cause);
    } else {
      fail(cause);
    }
  }

  @Override
  public void sendHeaders(Http2Headers headers, boolean end) {
    if (closed || sent) {
      return;
    }
    if (stream == null && headers.contains(HeaderRules.PROTOCOL)) {
      askForTunnel(headers, end);
    } else {
      writeHead(tunnel == null ? headers : Http2Tunnel.toResponse(headers), end);
    }
  }

  /** Asks at once or when the peer has said that it may be asked. */
  private void askForTunnel(Http2Headers headers, boolean end) {
    Http2Tunnel asking = new Http2Tunnel();
    tunnel = asking;
    Http2Headers connect = Http2Tunnel.toConnect(headers);
    if (!endpoint.whenSettled(() -> ask(asking, connect, end))) {
      ask(asking, connect, end);
    } else {
      asking.await();
    }
  }

  private void ask(Http2Tunnel asking, Http2Headers connect, boolean end) {
    if (closed) {
      asking.drop();
      return;
    }
    boolean gone = !endpoint.context().channel().isActive();
    if (gone || !endpoint.allowsTunnels()) {
      asking.drop();
      endpoint.onStreamGone(this);
      fail(
          gone
              ? new StreamFailure(StreamFailure.Kind.GOAWAY, "peer went away before its settings")
              : new StreamFailure(StreamFailure.Kind.PROTOCOL, "peer takes no extended CONNECT"));
      return;
    }
    boolean waited = asking.isAwaiting();
    writeHead(connect, end);
    if (waited && !closed) {
      asking.flush(this);
      listener().onWritable();
    }
  }

  private void writeHead(Http2Headers headers, boolean end) {
    ChannelHandlerContext ctx = endpoint.context();
    int id = stream == null ? endpoint.connection().local().incrementAndGetNextStreamId() : id();
    sent = end;
    var written = endpoint.encoder().writeHeaders(ctx, id, headers, 0, end, ctx.newPromise());
    if (stream == null) {
      Http2Stream created = endpoint.connection().stream(id);
      if (created == null) {
        endpoint.onStreamGone(this);
        fail(
            new StreamFailure(
                StreamFailure.Kind.REFUSED, "stream could not be opened: " + written.cause()));
        return;
      }
      stream = created;
      endpoint.attach(created, this);
    }
    if (written.isDone() && !written.isSuccess()) {
      headFailed(written.cause());
    }
    endpoint.requestFlush();
  }

  private void headFailed(Throwable cause) {
    boolean tooLarge = cause instanceof Http2Exception;
    reset(ResetReason.INTERNAL);
    listener()
        .onReset(
            new StreamFailure(
                tooLarge ? StreamFailure.Kind.PROTOCOL : StreamFailure.Kind.CLOSED,
                "head could not be written: " + cause.getMessage()));
  }

  @Override
  public void sendData(ByteBuf data, boolean end) {
    if (!closed && tunnel != null && tunnel.isAwaiting()) {
      tunnel.hold(data, end);
      return;
    }
    if (closed || sent || stream == null) {
      data.release();
      return;
    }
    sent = end;
    ChannelHandlerContext ctx = endpoint.context();
    var written = endpoint.encoder().writeData(ctx, id(), data, 0, end, ctx.newPromise());
    if (end) {
      ending = written;
    }
    endpoint.requestFlush();
  }

  @Override
  public void sendTrailers(Http2Headers trailers) {
    if (closed || sent || stream == null) {
      return;
    }
    sent = true;
    ChannelHandlerContext ctx = endpoint.context();
    ending = endpoint.encoder().writeHeaders(ctx, id(), trailers, 0, true, ctx.newPromise());
    endpoint.requestFlush();
  }

  @Override
  public void reset(ResetReason reason) {
    if (closed) {
      return;
    }
    closed = true;
    if (tunnel != null) {
      tunnel.drop();
    }
    if (stream == null) {
      endpoint.onStreamGone(this);
      return;
    }
    if (reason == ResetReason.DONE) {
      resetBehindAll();
    } else {
      resetNow(reason);
    }
  }

  /** A reset overtakes what still waits for the peer's window; an empty frame does not. */
  private void resetBehindAll() {
    ChannelFuture last = ending;
    if (last == null && !sent && endpoint.connection().stream(id()) != null) {
      ChannelHandlerContext ctx = endpoint.context();
      last =
          endpoint
              .encoder()
              .writeData(ctx, id(), Unpooled.EMPTY_BUFFER, 0, false, ctx.newPromise());
      ending = last;
      endpoint.requestFlush();
    }
    if (last == null || last.isDone()) {
      resetNow(ResetReason.DONE);
    } else {
      last.addListener(_ -> resetNow(ResetReason.DONE));
    }
  }

  /** Asked from time to time: whether the peer has not taken the end since the last but one. */
  boolean isStuck() {
    ChannelFuture last = ending;
    return last != null && !last.isDone() && ++looks > 2;
  }

  /** Gives up on what the peer does not take. */
  void giveUp() {
    closed = true;
    resetNow(ResetReason.CANCEL);
  }

  private void resetNow(ResetReason reason) {
    if (endpoint.connection().stream(id()) == null) {
      return;
    }
    ChannelHandlerContext ctx = endpoint.context();
    var _ = endpoint.resetStream(ctx, id(), reason.code().code(), ctx.newPromise());
    endpoint.requestFlush();
    endpoint.onResetSent();
  }

  private int id() {
    Http2Stream present = stream;
    if (present == null) {
      throw new IllegalStateException("stream has no number yet");
    }
    return present.id();
  }

  @Override
  public boolean stillReceives() {
    return !closed && !received;
  }

  @Override
  public boolean isWritable() {
    if (tunnel != null && tunnel.isAwaiting()) {
      return false;
    }
    return stream == null || endpoint.encoder().flowController().isWritable(stream);
  }

  @Override
  public void credit(int bytes) {
    if (stream == null || bytes == 0) {
      return;
    }
    try {
      if (endpoint.connection().local().flowController().consumeBytes(stream, bytes)) {
        endpoint.requestFlush();
      }
    } catch (Http2Exception e) {
      // More was credited than received: our own books are wrong, so this stream cannot go on.
      reset(ResetReason.INTERNAL);
    }
  }
}
