package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What has come of a request that nobody has looked at, in the same read. Many that are reset as
 * soon as they are made (CVE-2023-44487) cost the decoding of their frames and no more.
 */
final class Http2EarlyFrames {
  private record Piece(ByteBuf data, boolean end) {}

  private final Http2Headers head;
  private final boolean end;
  private @Nullable ArrayDeque<Piece> pieces;
  private @Nullable Http2Headers trailers;
  private boolean trailersEnd;

  /** Keeps a head. */
  Http2EarlyFrames(Http2Headers head, boolean end) {
    this.head = head;
    this.end = end;
  }

  /** Keeps a piece of the body; the window of the stream bounds them. */
  void data(ByteBuf data, boolean last) {
    ArrayDeque<Piece> kept = pieces;
    if (kept == null) {
      kept = new ArrayDeque<>();
      pieces = kept;
    }
    kept.add(new Piece(data, last));
  }

  void trailers(Http2Headers fields, boolean last) {
    trailers = fields;
    trailersEnd = last;
  }

  /** Hands everything on in the order in which it came. */
  void replay(Http2WireStream to) {
    to.receiveHeaders(head, end);
    if (pieces != null) {
      pieces.forEach(piece -> to.receiveData(piece.data(), piece.end()));
    }
    if (trailers != null) {
      to.receiveHeaders(trailers, trailersEnd);
    }
  }

  /** Drops everything; returns how many bytes that were. */
  int drop() {
    if (pieces == null) {
      return 0;
    }
    int bytes = 0;
    for (Piece piece : pieces) {
      bytes += piece.data().readableBytes();
      piece.data().release();
    }
    return bytes;
  }
}
