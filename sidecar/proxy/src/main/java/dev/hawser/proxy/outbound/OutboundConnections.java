package dev.hawser.proxy.outbound;

import dev.hawser.proxy.capture.OriginalDestination;
import dev.hawser.proxy.context.ProxyContext;
import dev.hawser.proxy.worker.Worker;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Takes the workload's connections to one listener. */
public final class OutboundConnections {
  private final ProxyContext context;
  private final CapturedDestinations captured;
  private final Supplier<@Nullable OutboundChains> chains;

  /**
   * Makes a taker.
   *
   * @param captured to whom a listener hands over that does so
   * @param chains of the listener at this moment; null once it is gone
   */
  public OutboundConnections(
      ProxyContext context,
      CapturedDestinations captured,
      Supplier<@Nullable OutboundChains> chains) {
    this.context = context;
    this.captured = captured;
    this.chains = chains;
  }

  /** Takes a channel that is about to become active; called on its loop. */
  public void take(Channel channel) {
    OutboundChains present = chains.get();
    if (present == null || !context.connections().admit(channel)) {
      var _ = channel.close();
      return;
    }
    Worker worker = context.workers().of(channel.eventLoop());
    InetSocketAddress wanted = OriginalDestination.of(channel);
    if (wanted == null) {
      wanted = (InetSocketAddress) channel.localAddress();
    } else if (present.config().reach().handsOver()) {
      handOver(channel, worker, wanted);
      return;
    }
    int port = wanted.getPort();
    begin(channel, worker, () -> own(port));
  }

  private @Nullable OutboundChain own(int port) {
    OutboundChains present = chains.get();
    return present == null ? null : present.find(port);
  }

  /** The listener at the destination takes it, if there is one; else this one does. */
  private void handOver(Channel channel, Worker worker, InetSocketAddress wanted) {
    channel.config().setAutoRead(false);
    captured.whenKnown(
        worker,
        wanted.getAddress(),
        () -> {
          if (!channel.isOpen()) {
            return;
          }
          channel.config().setAutoRead(true);
          int port = wanted.getPort();
          Supplier<@Nullable OutboundChain> there = () -> found(wanted.getAddress(), port);
          begin(channel, worker, there.get() == null ? () -> own(port) : there);
        });
  }

  private void begin(Channel channel, Worker worker, Supplier<@Nullable OutboundChain> chain) {
    new OutboundConnection(context, channel, worker, chain).begin();
  }

  private @Nullable OutboundChain found(InetAddress address, int port) {
    OutboundChains at = captured.at(address);
    return at == null ? null : at.find(port);
  }
}
