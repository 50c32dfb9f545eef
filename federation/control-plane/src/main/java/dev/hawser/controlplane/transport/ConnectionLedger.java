package dev.hawser.controlplane.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the connections of a listening socket, refuses those above the limits before a byte of
 * them is read, and closes the ones whose peer is no longer trusted.
 */
@Sharable
final class ConnectionLedger extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionLedger.class);

  private final int maxConnections;
  private final int maxPerSource;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<InetAddress, Integer> bySource = new ConcurrentHashMap<>();
  private final Map<SocketAddress, Connection> connections = new ConcurrentHashMap<>();

  /** A live connection; the session is known once a first call has come. */
  private static final class Connection {
    final Channel channel;
    volatile @Nullable SSLSession session;

    Connection(Channel channel) {
      this.channel = channel;
    }
  }

  ConnectionLedger(int maxConnections, int maxPerSource) {
    this.maxConnections = maxConnections;
    this.maxPerSource = maxPerSource;
  }

  /** Runs in the pipeline of the listening socket: what is read there are new connections. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object accepted) {
    Channel channel = (Channel) accepted;
    if (channel.remoteAddress() instanceof InetSocketAddress remote && admit(remote)) {
      connections.put(remote, new Connection(channel));
      channel.closeFuture().addListener(_ -> forget(remote));
      ctx.fireChannelRead(channel);
    } else {
      channel.unsafe().closeForcibly();
    }
  }

  /** Remembers the session under which a connection's calls come. */
  void seen(SocketAddress remote, SSLSession session) {
    @Nullable Connection connection = connections.get(remote);
    if (connection != null) {
      connection.session = session;
    }
  }

  /** Judges a live connection's peer. */
  interface Judge {
    /** Returns why the peer may not stay, or null if it may. */
    @Nullable String objection(SSLSession session);
  }

  /** Closes every connection with a peer that the judge objects to; its calls are cancelled. */
  void closeUntrusted(Judge judge) {
    connections.forEach((remote, connection) -> {
      @Nullable SSLSession session = connection.session;
      @Nullable String objection = session == null ? null : judge.objection(session);
      if (objection != null) {
        LOG.info("A connection is no longer trusted: closed. remote={} {}", remote, objection);
        closeNow(connection.channel);
      }
    });
  }

  /** Past the pipeline: HTTP/2 would wait for its streams to end by themselves. */
  private static void closeNow(Channel channel) {
    channel.eventLoop().execute(() -> channel.unsafe().close(channel.voidPromise()));
  }

  int open() {
    return open.get();
  }

  private boolean admit(InetSocketAddress remote) {
    if (open.incrementAndGet() > maxConnections) {
      open.decrementAndGet();
      LOG.warn(
          "A connection is refused: too many are open. remote={} max={}", remote, maxConnections);
      return false;
    }
    if (bySource.merge(remote.getAddress(), 1, Integer::sum) > maxPerSource) {
      release(remote);
      LOG.warn(
          "A connection is refused: too many from this address. remote={} max={}",
          remote,
          maxPerSource);
      return false;
    }
    return true;
  }

  private void forget(InetSocketAddress remote) {
    connections.remove(remote);
    release(remote);
  }

  private void release(InetSocketAddress remote) {
    open.decrementAndGet();
    bySource.computeIfPresent(remote.getAddress(), (_, count) -> count > 1 ? count - 1 : null);
  }
}
