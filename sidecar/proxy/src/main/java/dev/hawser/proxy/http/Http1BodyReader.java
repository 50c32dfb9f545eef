package dev.hawser.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * Finds the pieces of one body (RFC 9112 sections 6 and 7). The caller asks for the next step as
 * long as there are bytes, so that it can stop between two pieces.
 */
final class Http1BodyReader {
  /** Chunk sizes of more hexadecimal digits would not fit a long. */
  private static final int MAX_SIZE_DIGITS = 15;

  /** A chunk's size line with its extensions, which nobody uses. */
  private static final int MAX_SIZE_LINE = 256;

  /** What {@link #step} found. */
  enum Step {
    /** More bytes must come first. */
    NEED_MORE,
    /** {@link #data} holds a piece; {@link #isComplete} tells whether it was the last. */
    DATA,
    /** The body is over with {@link #trailers}. */
    TRAILERS
  }

  private enum State {
    FIXED,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILER_LINES,
    UNTIL_CLOSE,
    /** Another protocol may follow; the other side has not agreed yet. */
    TUNNEL_AWAITED,
    COMPLETE
  }

  private final HttpLimits limits;
  private State state = State.COMPLETE;
  private long remaining;
  private ByteBuf data = Unpooled.EMPTY_BUFFER;
  private Http2Headers trailers = EmptyHttp2Headers.INSTANCE;
  private Http1HeadFinder trailerLines;

  Http1BodyReader(HttpLimits limits) {
    this.limits = limits;
    this.trailerLines = new Http1HeadFinder(limits.headBytes(), true);
  }

  /** Begins the body of a message. */
  void begin(Http1Head head) {
    remaining = head.length();
    trailers = EmptyHttp2Headers.INSTANCE;
    state =
        switch (head.framing()) {
          case NONE -> State.COMPLETE;
          case FIXED -> remaining == 0 ? State.COMPLETE : State.FIXED;
          case CHUNKED -> State.CHUNK_SIZE;
          case UNTIL_CLOSE -> State.UNTIL_CLOSE;
          case TUNNEL -> State.TUNNEL_AWAITED;
        };
    if (state == State.CHUNK_SIZE) {
      trailerLines = new Http1HeadFinder(limits.headBytes(), true);
    }
  }

  boolean isComplete() {
    return state == State.COMPLETE;
  }

  /** Whether the end of the connection ends the body in order. */
  boolean endsWithConnection() {
    return state == State.UNTIL_CLOSE;
  }

  /** Whether it depends on the other side's answer what the bytes that follow are. */
  boolean awaitsTunnel() {
    return state == State.TUNNEL_AWAITED;
  }

  /** The other side has agreed: what comes now are bytes of another protocol, up to the end. */
  void openTunnel() {
    state = State.UNTIL_CLOSE;
  }

  /** The end of the connection has come in order. */
  void end() {
    state = State.COMPLETE;
  }

  /** Returns the piece that the last step found; its ownership passes. */
  ByteBuf data() {
    ByteBuf piece = data;
    data = Unpooled.EMPTY_BUFFER;
    return piece;
  }

  Http2Headers trailers() {
    return trailers;
  }

  Step step(ByteBuf in) throws BadMessageException {
    while (true) {
      switch (state) {
        case FIXED, CHUNK_DATA -> {
          return counted(in);
        }
        case UNTIL_CLOSE -> {
          if (!in.isReadable()) {
            return Step.NEED_MORE;
          }
          data = in.readRetainedSlice(in.readableBytes());
          return Step.DATA;
        }
        case CHUNK_SIZE -> {
          if (!readSize(in)) {
            return Step.NEED_MORE;
          }
        }
        case CHUNK_END -> {
          if (!readChunkEnd(in)) {
            return Step.NEED_MORE;
          }
        }
        case TRAILER_LINES -> {
          byte[] lines = trailerLines.find(in);
          if (lines == null) {
            return Step.NEED_MORE;
          }
          state = State.COMPLETE;
          if (lines.length > 0) {
            trailers = Http1HeadParser.trailers(lines, limits);
          }
          return Step.TRAILERS;
        }
        case TUNNEL_AWAITED, COMPLETE -> {
          return Step.NEED_MORE;
        }
      }
    }
  }

  private Step counted(ByteBuf in) {
    int size = (int) Math.min(remaining, in.readableBytes());
    if (size == 0) {
      return Step.NEED_MORE;
    }
    data = in.readRetainedSlice(size);
    remaining -= size;
    if (remaining == 0) {
      state = state == State.FIXED ? State.COMPLETE : State.CHUNK_END;
    }
    return Step.DATA;
  }

  private boolean readSize(ByteBuf in) throws BadMessageException {
    int start = in.readerIndex();
    int readable = Math.min(in.readableBytes(), MAX_SIZE_LINE);
    int feed = in.indexOf(start, start + readable, (byte) '\n');
    if (feed < 0) {
      if (readable == MAX_SIZE_LINE) {
        throw new BadMessageException(400, "chunk size line longer than " + MAX_SIZE_LINE);
      }
      return false;
    }
    if (feed == start || in.getByte(feed - 1) != '\r') {
      throw new BadMessageException(400, "chunk size line does not end in CRLF");
    }
    remaining = parseSize(in, start, feed - 1);
    in.readerIndex(feed + 1);
    state = remaining == 0 ? State.TRAILER_LINES : State.CHUNK_DATA;
    return true;
  }

  private static long parseSize(ByteBuf in, int start, int end) throws BadMessageException {
    long size = 0;
    int i = start;
    for (; i < end; i++) {
      int digit = Octets.hex(in.getByte(i));
      if (digit < 0) {
        break;
      }
      size = size * 16 + digit;
    }
    if (i == start || i - start > MAX_SIZE_DIGITS) {
      throw new BadMessageException(400, "chunk size is not a hexadecimal number");
    }
    if (i < end && in.getByte(i) != ';') {
      throw new BadMessageException(400, "chunk size is followed by something else than ';'");
    }
    for (; i < end; i++) {
      if (!Octets.isField(in.getByte(i))) {
        throw new BadMessageException(400, "chunk extension has a control character");
      }
    }
    return size;
  }

  private boolean readChunkEnd(ByteBuf in) throws BadMessageException {
    if (in.readableBytes() < 2) {
      return false;
    }
    if (in.readByte() != '\r' || in.readByte() != '\n') {
      throw new BadMessageException(400, "chunk is longer than its size");
    }
    state = State.CHUNK_SIZE;
    return true;
  }
}
