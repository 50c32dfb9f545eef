package dev.hawser.host.sds;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets in who runs as the same user or as root (SO_PEERCRED), before a byte is read from anyone.
 */
final class SameUserAcceptor extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(SameUserAcceptor.class);
  private static final int ROOT = 0;

  private final int ownUser;

  SameUserAcceptor(int ownUser) {
    this.ownUser = ownUser;
  }

  /** Makes a listening channel that checks whom it accepts. */
  static ServerChannel open() {
    EpollServerDomainSocketChannel channel = new EpollServerDomainSocketChannel();
    channel.pipeline().addLast(new SameUserAcceptor(ownUser()));
    return channel;
  }

  static boolean admits(int user, int ownUser) {
    return user == ownUser || user == ROOT;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    EpollDomainSocketChannel peer = (EpollDomainSocketChannel) message;
    try {
      PeerCredentials credentials = peer.peerCredentials();
      if (admits(credentials.uid(), ownUser)) {
        ctx.fireChannelRead(message);
        return;
      }
      LOG.warn(
          "A process of another user asked for secrets and was refused. uid={} pid={}",
          credentials.uid(),
          credentials.pid());
    } catch (IOException e) {
      LOG.warn("A process without readable credentials asked for secrets and was refused.", e);
    }
    peer.unsafe().closeForcibly();
  }

  private static int ownUser() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("the own user cannot be told", e);
    }
  }
}
