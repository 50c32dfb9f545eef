package dev.hawser.proxy.upstream;

import dev.hawser.engine.loop.EventLoops;
import dev.hawser.proxy.model.UpstreamConfig.ConnectionRules;
import dev.hawser.proxy.model.UpstreamConfig.TcpKeepAlive;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import jdk.net.ExtendedSocketOptions;

/** Puts an upstream's rules on a socket that is about to connect. */
final class SocketRules {
  private SocketRules() {}

  static void apply(ConnectionRules rules, Bootstrap bootstrap, EventLoops.Transport transport) {
    if (rules.bufferBytes() > 0) {
      int high = rules.bufferBytes();
      bootstrap.option(
          ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(high / 2, high));
    }
    rules.keepAlive().ifPresent(probes -> keepAlive(probes, bootstrap, transport));
  }

  private static void keepAlive(
      TcpKeepAlive probes, Bootstrap bootstrap, EventLoops.Transport transport) {
    boolean epoll = transport == EventLoops.Transport.EPOLL;
    bootstrap.option(ChannelOption.SO_KEEPALIVE, true);
    set(
        bootstrap,
        epoll
            ? EpollChannelOption.TCP_KEEPCNT
            : NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT),
        probes.probes());
    set(
        bootstrap,
        epoll
            ? EpollChannelOption.TCP_KEEPIDLE
            : NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
        probes.idleSeconds());
    set(
        bootstrap,
        epoll
            ? EpollChannelOption.TCP_KEEPINTVL
            : NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
        probes.intervalSeconds());
  }

  private static void set(Bootstrap bootstrap, ChannelOption<Integer> option, int value) {
    if (value > 0) {
      bootstrap.option(option, value);
    }
  }
}
