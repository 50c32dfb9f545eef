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

  /** Smaller pieces are copied together: each that is kept costs far more than its octets. */
  private static final int SMALL = 1024;

  private static final int GATHERED = 4 * SMALL;

  private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>(2);

  /** The last piece if it takes small ones; its capacity is fixed, since others read of it. */
  private @Nullable ByteBuf gathering;

  private int replayLimit = REPLAY_LIMIT;
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

  /** There will be no other try: nothing is kept once it has been sent. */
  void sentOnce() {
    replayLimit = 0;
  }

  /** Takes a piece for which there is no stream yet. */
  void hold(ByteBuf piece, boolean end) {
    keep(piece);
    ended = end;
  }

  /** Takes a piece with its ownership. */
  private void keep(ByteBuf piece) {
    int octets = piece.readableBytes();
    size += octets;
    if (octets >= SMALL) {
      gathering = null;
      pieces.add(piece);
      return;
    }
    if (octets > 0) {
      ByteBuf last = gathering;
      if (last == null || last.writableBytes() < octets) {
        last = piece.alloc().buffer(GATHERED, GATHERED);
        gathering = last;
        pieces.add(last);
      }
      last.writeBytes(piece);
    } else if (pieces.isEmpty()) {
      pieces.add(piece);
      return;
    }
    piece.release();
  }

  /** Takes a piece and sends it. */
  void pass(ByteBuf piece, boolean end, HttpStream stream) {
    ended = end;
    if (kept && size + piece.readableBytes() <= replayLimit) {
      keep(piece.retainedDuplicate());
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
    if (size > replayLimit) {
      kept = false;
    }
    // What is on its way now is read there up to its present end.
    gathering = null;
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
    gathering = null;
    for (ByteBuf piece = pieces.poll(); piece != null; piece = pieces.poll()) {
      piece.release();
    }
    size = 0;
  }
}
