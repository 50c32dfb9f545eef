package dev.hawser.engine.loop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * How much is read of a connection at a time: little of an idle one, up to 256 KiB of a bulk one,
 * and one read in a turn of the loop, so that who sends without end waits as the others do. What
 * lies in one read is dealt with before anybody else has a turn; whoever has it be dear work can be
 * given less.
 *
 * <p>A full read is not told of as one that has left something behind. Netty would have a task read
 * on at once, and looks whether others wait only after 64 tasks; with epoll told of levels and not
 * of edges ({@code EpollMode.LEVEL_TRIGGERED}) the kernel says in the next turn that there is more.
 *
 * <p>For the connection's loop alone.
 */
public final class ReadSize implements RecvByteBufAllocator {
  /** Octets: no bound of a read should be less. */
  public static final int LEAST = 1024;

  private static final int FIRST = 16 * 1024;

  /** Octets of the largest read. */
  public static final int MOST = 256 * 1024;

  private final AdaptiveRecvByteBufAllocator adaptive =
      new AdaptiveRecvByteBufAllocator(LEAST, FIRST, MOST);
  private final boolean epoll;
  private int bound = MOST;

  /** Makes the size of one connection. */
  ReadSize(boolean epoll) {
    this.epoll = epoll;
    adaptive.maxMessagesPerRead(1);
  }

  /** Gives each accepted channel a size of its own before {@code child} is installed. */
  static ChannelHandler before(boolean epoll, ChannelHandler child) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.config().setRecvByteBufAllocator(new ReadSize(epoll));
        channel.pipeline().addLast(child);
      }

      @Override
      public boolean isSharable() {
        return true;
      }
    };
  }

  /**
   * Bounds what is read of a channel at a time from the next read on. Nothing happens to a channel
   * that is not one of {@link EventLoops}.
   *
   * @param octets at least 1; what is more than usual changes nothing
   */
  public static void bound(Channel channel, int octets) {
    if (channel.config().getRecvByteBufAllocator() instanceof ReadSize size) {
      size.bound = Math.min(octets, MOST);
    }
  }

  @Override
  @SuppressWarnings("deprecation") // Handle is what Netty asks for; it is an ExtendedHandle
  public Handle newHandle() {
    return new Bounded((ExtendedHandle) adaptive.newHandle());
  }

  /** Guesses as usual and stays below the bound. */
  private final class Bounded extends DelegatingHandle implements ExtendedHandle {
    private final ExtendedHandle usual;

    Bounded(ExtendedHandle usual) {
      super(usual);
      this.usual = usual;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return allocator.ioBuffer(guess());
    }

    @Override
    public int guess() {
      return Math.min(usual.guess(), bound);
    }

    @Override
    public int attemptedBytesRead() {
      // Never what was read, see above; without epoll it is what is asked for, and in turn anyway.
      return usual.attemptedBytesRead() + (epoll ? 1 : 0);
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier mayBeMore) {
      return usual.continueReading(mayBeMore);
    }
  }
}
