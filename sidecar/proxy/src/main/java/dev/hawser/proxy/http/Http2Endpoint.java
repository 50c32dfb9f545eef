package dev.hawser.proxy.http;

import dev.hawser.proxy.worker.Worker;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import org.jspecify.annotations.Nullable;

/**
 * What both ends of an HTTP/2 connection have in common; streams are plain objects, no channels.
 */
abstract class Http2Endpoint extends Http2ConnectionHandler {
  /** Bytes that a peer may send on one stream before we say that they have gone on their way. */
  private static final int STREAM_WINDOW = 256 * 1024;

  private static final int RESET_WINDOW_SECONDS = 30;
  private static final int MAX_SMALL_CONTINUATIONS = 16;
  private static final int MAX_EMPTY_DATA_FRAMES = 10;

  private final Http2Connection.PropertyKey key;
  private final Worker worker;
  private final HttpLimits limits;
  private @Nullable ChannelHandlerContext context;
  private @Nullable FlushOnce flusher;

  Http2Endpoint(
      Worker worker,
      HttpLimits limits,
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings) {
    super(decoder, encoder, settings);
    this.worker = worker;
    this.limits = limits;
    this.key = connection().newKey();
    decoder.frameListener(new Frames());
    connection().addListener(new Streams());
    encoder.flowController().listener(this::onWritabilityChanged);
    if (encoder.frameWriter() instanceof Http2ReplyLimit limit) {
      limit.owner(this);
    }
  }

  /** Makes the parts below the handler. */
  abstract static class Builder<T extends Http2Endpoint>
      extends AbstractHttp2ConnectionHandlerBuilder<T, Builder<T>> {
    Builder(boolean server, HttpLimits limits, boolean tunnels) {
      Http2Settings settings =
          new Http2Settings()
              .initialWindowSize(STREAM_WINDOW)
              .maxHeaderListSize(limits.headBytes());
      if (server) {
        settings.maxConcurrentStreams(limits.concurrentStreams());
        if (tunnels) {
          settings.connectProtocolEnabled(true);
        }
      } else {
        settings.pushEnabled(false);
      }
      Http2Connection connection = new DefaultHttp2Connection(server, 0);
      UniformStreamByteDistributor turns = new UniformStreamByteDistributor(connection);
      turns.minAllocationChunk(RecordFrames.MOST);
      connection.remote().flowController(new DefaultHttp2RemoteFlowController(connection, turns));
      // One slow reader must not stop the others: only the streams' own windows hold data back.
      connection
          .local()
          .flowController(new DefaultHttp2LocalFlowController(connection, 0.5f, true));
      Http2FrameReader reader =
          new DefaultHttp2FrameReader(
              new DefaultHttp2HeadersDecoder(true, limits.headBytes()), MAX_SMALL_CONTINUATIONS);
      Http2ConnectionEncoder encoder =
          new DefaultHttp2ConnectionEncoder(
              connection,
              new Http2ReplyLimit(
                  new RecordFrames(new DefaultHttp2FrameWriter(NeverIndexed.INSTANCE))));
      // In this order: the builder takes no limits once it has a codec.
      decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_DATA_FRAMES);
      decoderEnforceMaxRstFramesPerWindow(
          server ? limits.resetsPerWindow() : 0, RESET_WINDOW_SECONDS);
      codec(
          new DefaultHttp2ConnectionDecoder(
              connection, encoder, server ? new Http2StreamOrder(reader, connection) : reader),
          encoder);
      initialSettings(settings);
    }
  }

  Worker worker() {
    return worker;
  }

  HttpLimits limits() {
    return limits;
  }

  ChannelHandlerContext context() {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("handler is not in a pipeline");
    }
    return ctx;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    flusher = new FlushOnce(worker.loop(), () -> flush(ctx));
    super.handlerAdded(ctx);
    if (ctx.channel().isActive()) {
      widen();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    super.channelActive(ctx);
    widen();
  }

  /** No setting is the connection's window (RFC 9113 section 6.9.2): it is opened by an update. */
  private void widen() throws Http2Exception {
    int more = limits.connectionWindow() - Http2CodecUtil.DEFAULT_WINDOW_SIZE;
    if (more > 0) {
      connection()
          .local()
          .flowController()
          .incrementWindowSize(connection().connectionStream(), more);
    }
  }

  void requestFlush() {
    FlushOnce flush = flusher;
    if (flush != null) {
      flush.request();
    }
  }

  @Nullable Http2WireStream wire(Http2Stream stream) {
    return stream.getProperty(key);
  }

  void attach(Http2Stream stream, Http2WireStream wire) {
    stream.setProperty(key, wire);
  }

  /** A request of the peer on a new stream; only servers get these. */
  abstract void onRequest(Http2Stream stream, Http2Headers headers, boolean end)
      throws Http2Exception;

  /** A stream of ours or the peer's is over. */
  abstract void onStreamGone(Http2WireStream wire);

  void onGoAway(int lastStream) {}

  /** We have reset a stream that somebody waited for. */
  void onResetSent() {}

  /** A reset goes out, for whatever reason. */
  void onResetWritten(long errorCode) {}

  /** The peer has reset a stream. */
  void onResetRead() {}

  void onPingAck(long data) {}

  void onPeerSettings(Http2Settings settings) {}

  /**
   * Has something run when the peer's first settings have come.
   *
   * @return false, without running it, if they have come already
   */
  boolean whenSettled(Runnable task) {
    return false;
  }

  /** Whether the peer takes requests to go on with another protocol (RFC 8441 section 3). */
  boolean allowsTunnels() {
    return false;
  }

  /** Returns what a stream that ends before its message means here. */
  abstract StreamFailure causeOfLoss(Http2Stream stream);

  private void onWritabilityChanged(Http2Stream stream) {
    Http2WireStream wire = wire(stream);
    if (wire != null && encoder().flowController().isWritable(stream)) {
      wire.writable();
    }
  }

  /** What Netty reads. */
  private final class Frames extends Http2FrameAdapter {
    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end) {
      Http2Stream stream = connection().stream(streamId);
      Http2WireStream wire = stream == null ? null : wire(stream);
      if (wire == null) {
        return data.readableBytes() + padding;
      }
      wire.receiveData(data.retain(), end);
      return padding;
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int streamDependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean end)
        throws Http2Exception {
      onHeadersRead(ctx, streamId, headers, padding, end);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
        throws Http2Exception {
      Http2Stream stream = connection().stream(streamId);
      if (stream == null) {
        return;
      }
      Http2WireStream wire = wire(stream);
      if (wire != null) {
        wire.receiveHeaders(headers, end);
      } else {
        onRequest(stream, headers, end);
      }
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
      onResetRead();
      Http2Stream stream = connection().stream(streamId);
      Http2WireStream wire = stream == null ? null : wire(stream);
      if (wire != null) {
        wire.fail(
            new StreamFailure(
                kindOfReset(errorCode),
                "peer reset the stream with " + Http2Error.valueOf(errorCode)));
      }
    }

    private static StreamFailure.Kind kindOfReset(long errorCode) {
      if (errorCode == Http2Error.REFUSED_STREAM.code()) {
        return StreamFailure.Kind.REFUSED;
      }
      return errorCode == Http2Error.NO_ERROR.code()
          ? StreamFailure.Kind.RESET_CALMLY
          : StreamFailure.Kind.RESET;
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) {
      onPingAck(data);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
      onPeerSettings(settings);
    }
  }

  /** What becomes of streams. */
  private final class Streams extends Http2ConnectionAdapter {
    @Override
    public void onStreamClosed(Http2Stream stream) {
      Http2WireStream wire = wire(stream);
      if (wire != null) {
        wire.streamClosed(causeOfLoss(stream));
        onStreamGone(wire);
      }
    }

    @Override
    public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
      onGoAway(lastStreamId);
    }
  }
}
