package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request of a client that is slowed down ({@link ResetBrake}). It begins when all that came with
 * it has been read: one that was reset by then has cost nobody anything.
 */
final class HeldRequest implements StreamListener {
  private final Http2WireStream wire;
  private final List<ByteBuf> data = new ArrayList<>();
  private @Nullable Http2Headers head;
  private @Nullable Http2Headers trailers;
  private boolean ended;
  private boolean gone;

  HeldRequest(Http2WireStream wire) {
    this.wire = wire;
  }

  @Override
  public void onHeaders(Http2Headers headers, boolean end) {
    head = headers;
    ended = end;
  }

  @Override
  public void onData(ByteBuf piece, boolean end) {
    data.add(piece);
    ended = end;
  }

  @Override
  public void onTrailers(Http2Headers last) {
    trailers = last;
  }

  @Override
  public void onReset(StreamFailure failure) {
    gone = true;
    for (ByteBuf piece : data) {
      int size = piece.readableBytes();
      piece.release();
      wire.credit(size);
    }
    data.clear();
  }

  @Override
  public void onWritable() {
    // nothing is written yet
  }

  /** Begins with it, unless it was reset. */
  void begin(RequestAcceptor acceptor) {
    Http2Headers headers = head;
    if (gone || headers == null) {
      return;
    }
    StreamListener listener = acceptor.accept(wire, "HTTP/2");
    wire.listen(listener);
    listener.onHeaders(headers, ended && data.isEmpty());
    for (int i = 0; i < data.size(); i++) {
      listener.onData(data.get(i), ended && i == data.size() - 1);
    }
    if (trailers != null) {
      listener.onTrailers(trailers);
    }
  }
}
