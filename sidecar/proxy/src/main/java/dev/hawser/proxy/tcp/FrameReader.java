package dev.hawser.proxy.tcp;

import io.netty.buffer.ByteBuf;

/** Takes frames apart as they come; no byte waits for the rest of its frame. */
final class FrameReader {
  /** Octets of a frame's length. */
  static final int HEAD = 4;

  /** What was found. */
  enum Step {
    NEED_MORE,
    DATA,
    END,
    /** A length that nobody sends. */
    BAD
  }

  private int headBytes;
  private int head;
  private int remaining;

  /** Says what comes next; after {@link Step#DATA} call {@link #take} with the same buffer. */
  Step next(ByteBuf in) {
    while (remaining == 0) {
      if (!in.isReadable()) {
        return Step.NEED_MORE;
      }
      head = head << 8 | in.readUnsignedByte();
      if (++headBytes == HEAD) {
        headBytes = 0;
        remaining = head;
        head = 0;
        if (remaining == 0) {
          return Step.END;
        }
        if (remaining < 0) {
          return Step.BAD;
        }
      }
    }
    return in.isReadable() ? Step.DATA : Step.NEED_MORE;
  }

  /** Returns what there is of the present frame, retained. */
  ByteBuf take(ByteBuf in) {
    int size = Math.min(remaining, in.readableBytes());
    remaining -= size;
    return in.readRetainedSlice(size);
  }
}
