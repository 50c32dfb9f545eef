package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds a client to the order of its streams (RFC 9113 section 5.1): HEADERS on a stream that has
 * ended, or that was passed over, are errors of the connection. Netty lets both pass in silence.
 * What arrives on a stream that we have reset was on its way, and is dropped.
 *
 * <p>The frame's fields have been decoded when it is judged, so that the compression stays in step.
 */
final class Http2StreamOrder extends Http2ConnectionAdapter implements Http2FrameReader {
  /** How many streams back it is known how each one ended; further back HEADERS are dropped. */
  private static final int REMEMBERED = 256;

  private static final byte SKIPPED = 0;
  private static final byte RESET_BY_US = 1;
  private static final byte ENDED = 2;

  private final Http2FrameReader reader;
  private final Http2Connection connection;
  private final byte[] fates = new byte[REMEMBERED];
  private int highest = -1;
  private @Nullable Http2FrameListener plain;
  private @Nullable Http2FrameListener judged;

  /** Makes a reader for a server's connection. */
  Http2StreamOrder(Http2FrameReader reader, Http2Connection connection) {
    this.reader = reader;
    this.connection = connection;
    connection.addListener(this);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the very listener, whatever it calls equal
  public void readFrame(ChannelHandlerContext ctx, ByteBuf in, Http2FrameListener to)
      throws Http2Exception {
    Http2FrameListener judging = judged;
    if (judging == null || plain != to) {
      plain = to;
      judging = new Judge(to);
      judged = judging;
    }
    reader.readFrame(ctx, in, judging);
  }

  @Override
  public Configuration configuration() {
    return reader.configuration();
  }

  @Override
  public void close() {
    reader.close();
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    int place = stream.id() >> 1;
    if ((stream.id() & 1) == 1 && place <= highest && place > highest - REMEMBERED) {
      fates[place % REMEMBERED] = stream.isResetSent() ? RESET_BY_US : ENDED;
    }
  }

  /**
   * Judges HEADERS.
   *
   * @return whether they are to be looked at
   */
  private boolean takes(int id) throws Http2Exception {
    int place = id >> 1;
    Http2Stream stream = connection.stream(id);
    if (stream != null && !stream.state().remoteSideOpen()) {
      throw Http2Exception.streamError(
          id, Http2Error.STREAM_CLOSED, "HEADERS on stream %d after its end", id);
    }
    if ((id & 1) == 0 || stream != null) {
      return true;
    }
    if (place > highest) {
      forgetUpTo(place);
      // If it is refused before it becomes a stream, that is as good as a reset.
      fates[place % REMEMBERED] = RESET_BY_US;
      highest = place;
      return true;
    }
    if (place <= highest - REMEMBERED) {
      return false;
    }
    return switch (fates[place % REMEMBERED]) {
      case RESET_BY_US -> false;
      case ENDED ->
          throw Http2Exception.connectionError(
              Http2Error.STREAM_CLOSED, "HEADERS on stream %d, which has ended", id);
      default ->
          throw Http2Exception.connectionError(
              Http2Error.PROTOCOL_ERROR, "stream %d after one with a higher number", id);
    };
  }

  private void forgetUpTo(int place) {
    int from = Math.max(highest + 1, place - REMEMBERED);
    for (int skipped = from; skipped < place; skipped++) {
      fates[skipped % REMEMBERED] = SKIPPED;
    }
  }

  /** What is read, without what is not to be looked at. */
  private final class Judge extends Http2FrameListenerDecorator {
    Judge(Http2FrameListener listener) {
      super(listener);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end)
        throws Http2Exception {
      if (takes(streamId)) {
        super.onHeadersRead(ctx, streamId, headers, padding, end);
      }
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
      if (takes(streamId)) {
        super.onHeadersRead(
            ctx, streamId, headers, streamDependency, weight, exclusive, padding, end);
      }
    }
  }
}
