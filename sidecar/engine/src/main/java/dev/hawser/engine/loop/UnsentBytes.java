package dev.hawser.engine.loop;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;

/** How much a kernel keeps for a peer that does not take it. */
public final class UnsentBytes {
  private UnsentBytes() {}

  /**
   * Has the kernel take no more for a connection while it keeps more than this that it could not
   * send yet ({@code TCP_NOTSENT_LOWAT}); of what is on its way it keeps as much as ever. Nothing
   * happens to a channel without epoll.
   *
   * @param octets at least 1
   */
  public static void bound(Channel channel, int octets) {
    if (channel instanceof EpollSocketChannel epoll) {
      var _ = epoll.config().setTcpNotSentLowAt(octets);
    }
  }
}
