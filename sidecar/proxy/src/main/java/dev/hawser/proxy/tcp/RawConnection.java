package dev.hawser.proxy.tcp;

import dev.hawser.proxy.http.ClientConnection;
import dev.hawser.proxy.http.HttpStream;
import dev.hawser.proxy.http.ResetReason;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.http.StreamListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * The far end of a CONNECT (RFC 9110 section 9.3.6): a connection of bytes that looks like a
 * request whose response begins at once. The body of each is what its side sends.
 *
 * <p>Lives on the event loop of its channel.
 */
public final class RawConnection extends ChannelInboundHandlerAdapter
    implements ClientConnection, HttpStream {
  /** Bytes that may be on their way to the caller before the endpoint is not read any more. */
  private static final int UNCREDITED_LIMIT = 128 * 1024;

  private final Channel channel;
  private final boolean framed;
  private final FrameReader frames = new FrameReader();
  private @Nullable StreamListener listener;
  private int uncredited;
  private boolean received;
  private boolean sent;
  private boolean closed;

  /** Done when everything that was sent has left, to the end. */
  private @Nullable ChannelFuture ending;

  private RawConnection(Channel channel, boolean framed) {
    this.channel = channel;
    this.framed = framed;
  }

  /** Takes over a connection that nobody has read from; what comes is held until it is opened. */
  public static RawConnection on(Channel channel) {
    channel.pipeline().addLast("hold", new ByteHold());
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    return new RawConnection(
        channel, tls != null && TcpCall.FRAMED.equals(tls.applicationProtocol()));
  }

  @Override
  public HttpStream open(StreamListener toThis) {
    if (listener != null) {
      throw new IllegalStateException("a connection of bytes has one use");
    }
    listener = toThis;
    return this;
  }

  private StreamListener listener() {
    StreamListener present = listener;
    if (present == null) {
      throw new IllegalStateException("connection has not been opened");
    }
    return present;
  }

  @Override
  public int spare() {
    return listener == null ? 1 : 0;
  }

  @Override
  public boolean expectsRoom() {
    return false;
  }

  @Override
  public int active() {
    return closed || listener == null ? 0 : 1;
  }

  @Override
  public Channel channel() {
    return channel;
  }

  @Override
  public void retire() {
    // It has one use, and ends with it.
  }

  /** The head stays here: that the connection stands is the answer. */
  @Override
  public void sendHeaders(Http2Headers headers, boolean end) {
    channel.eventLoop().execute(this::answer);
    if (end) {
      endOutput();
    }
  }

  private void answer() {
    if (!closed && !channel.isActive()) {
      lost();
    }
    if (!closed) {
      listener().onHeaders(new DefaultHttp2Headers(false).status("200"), false);
    }
    if (!closed) {
      channel.pipeline().addLast("bytes", this);
      channel.pipeline().remove(ByteHold.class);
      channel.config().setAutoRead(true);
      listener().onWritable();
    }
  }

  @Override
  public void sendData(ByteBuf data, boolean end) {
    if (closed || sent || !data.isReadable()) {
      data.release();
    } else {
      if (framed) {
        ByteBuf head = channel.alloc().buffer(FrameReader.HEAD).writeInt(data.readableBytes());
        var _ = channel.write(head, channel.voidPromise());
      }
      var _ = channel.writeAndFlush(data, channel.voidPromise());
    }
    if (end) {
      endOutput();
    }
  }

  @Override
  public void sendTrailers(Http2Headers trailers) {
    endOutput();
  }

  private void endOutput() {
    if (closed || sent) {
      return;
    }
    sent = true;
    ending =
        framed
            ? channel.writeAndFlush(channel.alloc().buffer(FrameReader.HEAD).writeInt(0))
            : OutputEnd.of(channel);
    closeWhenDone();
  }

  private void closeWhenDone() {
    if (ending != null && received) {
      closed = true;
      // What was sent last may still be on its way.
      ending.addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void reset(ResetReason reason) {
    if (closed) {
      return;
    }
    closed = true;
    boolean whole = ending != null && ending.isSuccess();
    if (!whole && reason != ResetReason.DONE && channel.isActive()) {
      // The endpoint must not take half of something for a whole.
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    var _ = channel.close();
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void credit(int bytes) {
    uncredited = Math.max(0, uncredited - bytes);
    if (!closed && uncredited < UNCREDITED_LIMIT && !channel.config().isAutoRead()) {
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object msg) {
    ByteBuf in = (ByteBuf) msg;
    if (!framed) {
      pass(in);
      return;
    }
    try {
      unframe(in);
    } finally {
      in.release();
    }
  }

  private void unframe(ByteBuf in) {
    while (!closed) {
      switch (frames.next(in)) {
        case NEED_MORE -> {
          return;
        }
        case DATA -> pass(frames.take(in));
        case END -> endInput();
        case BAD -> {
          lost();
          return;
        }
      }
    }
  }

  private void pass(ByteBuf data) {
    if (closed || received) {
      data.release();
      return;
    }
    uncredited += data.readableBytes();
    if (uncredited >= UNCREDITED_LIMIT) {
      channel.config().setAutoRead(false);
    }
    listener().onData(data, false);
  }

  private void endInput() {
    if (closed || received) {
      return;
    }
    received = true;
    listener().onData(Unpooled.EMPTY_BUFFER, true);
    closeWhenDone();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      rawEnd();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  /** The connection's own end of input: in frames it must have been said before. */
  private void rawEnd() {
    if (framed && !received) {
      lost();
    } else {
      endInput();
    }
  }

  private void lost() {
    if (!closed) {
      closed = true;
      var _ = channel.close();
      listener().onReset(new StreamFailure(StreamFailure.Kind.CLOSED, "endpoint broke off"));
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable() && !closed) {
      listener().onWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    lost();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    lost();
  }
}
