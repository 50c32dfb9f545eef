package dev.hawser.proxy.exchange;

import dev.hawser.proxy.http.HttpStream;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way: what came before there was a stream to send it on, and, while
 * it is small, all of it for another try.
 */
final class RequestBody {
  /** A body that is longer is not kept for another try. */
  static final int REPLAY_LIMIT = 64 * 1024;

  private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>(2);
  private int size;
  private boolean kept = true;
  private boolean ended;
  private @Nullable Http2Headers trailers;

  /** Whether it can be sent from its beginning. */
  boolean isReplayable() {
    return kept;
  }

  boolean isEnded() {
    return ended;
  }

  /** There is none. */
  void none() {
    ended = true;
  }

  /** Returns how many bytes are kept. */
  int size() {
    return size;
  }

  /** Returns the first of the bytes that are kept, at most so many. */
  byte[] first(int most) {
    byte[] bytes = new byte[Math.min(most, size)];
    int at = 0;
    for (ByteBuf piece : pieces) {
      int length = Math.min(piece.readableBytes(), bytes.length - at);
      piece.getBytes(piece.readerIndex(), bytes, at, length);
      at += length;
    }
    return bytes;
  }

  /** Takes a piece for which there is no stream yet. */
  void hold(ByteBuf piece, boolean end) {
    pieces.add(piece);
    size += piece.readableBytes();
    ended = end;
  }

  /** Takes a piece and sends it. */
  void pass(ByteBuf piece, boolean end, HttpStream stream) {
    ended = end;
    if (kept && size + piece.readableBytes() <= REPLAY_LIMIT) {
      size += piece.readableBytes();
      pieces.add(piece.retainedDuplicate());
    } else {
      release();
    }
    stream.sendData(piece, end);
  }

  void holdTrailers(Http2Headers fields) {
    ended = true;
    trailers = fields;
  }

  void passTrailers(Http2Headers fields, HttpStream stream) {
    holdTrailers(fields);
    stream.sendTrailers(fields);
  }

  /** Sends everything so far on a new stream whose head has been sent. */
  void replay(HttpStream stream) {
    if (size > REPLAY_LIMIT) {
      kept = false;
    }
    int left = pieces.size();
    boolean endWithData = ended && trailers == null;
    for (int i = 0; i < left; i++) {
      ByteBuf piece = pieces.poll();
      if (piece == null) {
        // Sending made the stream fail, and whoever heard of it gave the body up.
        return;
      }
      if (kept) {
        pieces.addLast(piece.retainedDuplicate());
      }
      stream.sendData(piece, endWithData && i == left - 1);
    }
    if (ended && trailers != null) {
      stream.sendTrailers(trailers);
    }
  }

  /** Gives copies everything that has come so far. */
  void copyTo(Mirrors mirrors) {
    int left = pieces.size();
    for (ByteBuf piece : pieces) {
      left--;
      mirrors.data(piece, ended && left == 0 && trailers == null);
    }
    if (trailers != null) {
      mirrors.trailers(trailers);
    }
  }

  /** Whether the head alone is the request. */
  boolean isHeadOnly() {
    return ended && pieces.isEmpty() && trailers == null && kept;
  }

  /** Gives up what is kept: it will not be sent again. */
  void release() {
    kept = false;
    for (ByteBuf piece = pieces.poll(); piece != null; piece = pieces.poll()) {
      piece.release();
    }
    size = 0;
  }
}
