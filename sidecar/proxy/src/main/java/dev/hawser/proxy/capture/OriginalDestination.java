package dev.hawser.proxy.capture;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a connection was going before a packet filter redirected it: {@code SO_ORIGINAL_DST} of
 * netfilter, for IPv4 and IPv6. Only with epoll.
 */
public final class OriginalDestination {
  private static final Logger LOG = LoggerFactory.getLogger(OriginalDestination.class);

  private static final AttributeKey<InetSocketAddress> KEY =
      AttributeKey.valueOf(OriginalDestination.class, "address");

  private static final int SOL_IP = 0;
  private static final int SOL_IPV6 = 41;
  private static final int SO_ORIGINAL_DST = 80;

  /** {@code struct sockaddr_in} and {@code struct sockaddr_in6}. */
  private static final RawUnixChannelOption IPV4 =
      new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP, SO_ORIGINAL_DST, 16);

  private static final RawUnixChannelOption IPV6 =
      new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6, SO_ORIGINAL_DST, 28);

  private static final int PORT_AT = 2;
  private static final int IPV4_AT = 4;
  private static final int IPV6_AT = 8;

  private OriginalDestination() {}

  /** Asks the kernel about a connection that has just been taken, and keeps the answer. */
  public static void find(Channel channel) {
    if (channel instanceof EpollSocketChannel
        && channel.localAddress() instanceof InetSocketAddress here) {
      InetSocketAddress wanted = ask(channel, here);
      // A connection that nobody redirected has the address where it is.
      if (wanted != null && !wanted.equals(here)) {
        channel.attr(KEY).set(wanted);
      }
    }
  }

  /** Returns where a connection was going if it was redirected here and that was asked for. */
  public static @Nullable InetSocketAddress of(Channel channel) {
    return channel.hasAttr(KEY) ? channel.attr(KEY).get() : null;
  }

  private static @Nullable InetSocketAddress ask(Channel channel, InetSocketAddress here) {
    try {
      return here.getAddress() instanceof Inet6Address
          ? read(channel.config().getOption(IPV6), IPV6_AT, 16)
          : read(channel.config().getOption(IPV4), IPV4_AT, 4);
    } catch (ChannelException | IOException e) {
      // The kernel knows nothing of it: no packet filter has touched it.
      LOG.debug("Connection has no other destination address={} cause={}", here, e.toString());
      return null;
    }
  }

  private static InetSocketAddress read(ByteBuffer socketAddress, int at, int size)
      throws UnknownHostException {
    byte[] octets = new byte[size];
    socketAddress.get(socketAddress.position() + at, octets);
    int port =
        Short.toUnsignedInt(
            socketAddress
                .duplicate()
                .order(java.nio.ByteOrder.BIG_ENDIAN)
                .getShort(socketAddress.position() + PORT_AT));
    return new InetSocketAddress(InetAddress.getByAddress(octets), port);
  }
}
