package dev.hawser.gateway.splice;

import dev.hawser.gateway.proxyprotocol.ProxyHeaderHandler;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection that a load balancer passes on: it counts for the source that its header names, so
 * that one balancer is not taken for one greedy caller. On the connection's event loop.
 */
final class Announced implements ProxyHeaderHandler.Listener {
  private final Connections connections;
  private final SourceLimit sources;
  private final Channel channel;
  private final Opening opening;
  private @Nullable InetAddress named;

  Announced(Connections connections, SourceLimit sources, Channel channel) {
    this.connections = connections;
    this.sources = sources;
    this.channel = channel;
    this.opening = connections.opening(channel);
  }

  void begin() {
    if (!sources.enterUnnamed()) {
      connections.metrics().ended("", "too-many");
      var _ = channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> leave());
    channel.pipeline().addLast(new ProxyHeaderHandler(this));
    connections.open(channel, opening);
  }

  private void leave() {
    if (named == null) {
      sources.leaveUnnamed();
    } else {
      sources.leave(named);
    }
  }

  @Override
  public boolean onHeader(@Nullable InetSocketAddress source) {
    if (source == null) {
      return true;
    }
    opening.from(source);
    if (!sources.name(source.getAddress())) {
      opening.refuse("too many");
      return false;
    }
    named = source.getAddress();
    return true;
  }

  @Override
  public void onGarbage(String reason) {
    opening.refuse("no-proxy-header");
  }
}
