package dev.hawser.proxy.listener;

import dev.hawser.engine.loop.ListenOptions;
import dev.hawser.engine.loop.Listener;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.proxy.capture.OriginalDestination;
import dev.hawser.proxy.context.ProxyContext;
import dev.hawser.proxy.inbound.InboundChains;
import dev.hawser.proxy.inbound.InboundConnections;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.outbound.CapturedDestinations;
import dev.hawser.proxy.outbound.OutboundChains;
import dev.hawser.proxy.outbound.OutboundConnections;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners in force. A socket belongs to its address and not to a listener's name, so that a
 * renamed or changed listener keeps it. One thread, not an event loop, changes; reading is safe for
 * any.
 */
public final class ListenerSet implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ListenerSet.class);

  /** A successor that has not taken over by then has given up. */
  private static final long SUCCESSION_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ProxyContext context;
  private final Metrics metrics;
  private final CapturedDestinations captured;
  private final Map<String, ListenerConfig> byName = new LinkedHashMap<>();
  private final Map<Address, Socket> sockets = new LinkedHashMap<>();
  private Function<InetSocketAddress, OptionalInt> inherited = _ -> OptionalInt.empty();
  private boolean draining;

  /** Since when another process may hold the sockets, whose last call it would be as well. */
  private OptionalLong sharedSince = OptionalLong.empty();

  /** Makes an empty set. */
  public ListenerSet(ProxyContext context, Metrics metrics, CapturedDestinations captured) {
    this.context = context;
    this.metrics = metrics;
    this.captured = captured;
  }

  /** A listening socket and what is done with its connections now. */
  private final class Socket {
    private final Listener listener;
    private final OutboundConnections outbound;
    private final @Nullable InboundConnections inbound;
    private volatile @Nullable ListenerConfig config;
    private volatile @Nullable InboundChains chains;
    private volatile @Nullable OutboundChains own;

    Socket(ListenerConfig first, Address address) throws IOException {
      set(first);
      outbound = new OutboundConnections(context, captured, () -> own);
      MeshTls tls = context.tls().orElse(null);
      inbound = tls == null ? null : new InboundConnections(context, tls, metrics, () -> chains);
      listener = listen(new InetSocketAddress(address.host(), address.port()));
    }

    private Listener listen(InetSocketAddress address) throws IOException {
      var taking =
          new ChannelInitializer<SocketChannel>() {
            @Override
            protected void initChannel(SocketChannel channel) {
              take(channel);
            }
          };
      OptionalInt socket = inherited.apply(address);
      return socket.isPresent()
          ? context.loops().adopt(socket.getAsInt(), ListenOptions.defaults(), taking)
          : context.loops().listen(address, ListenOptions.defaults(), taking);
    }

    private void set(@Nullable ListenerConfig next) {
      if (next == null) {
        chains = null;
        own = null;
      } else if (isInbound(next)) {
        chains = new InboundChains(next, context.filters(), context.observers(), chains);
        own = null;
      } else {
        own = new OutboundChains(next, context.filters(), context.observers(), own);
        chains = null;
      }
      config = next;
    }

    private static boolean isInbound(ListenerConfig listener) {
      return listener.inbound();
    }

    private void take(Channel channel) {
      ListenerConfig present = config;
      if (present == null) {
        var _ = channel.close();
        return;
      }
      if (present.redirected()) {
        OriginalDestination.find(channel);
      }
      if (!isInbound(present)) {
        outbound.take(channel);
      } else if (inbound != null) {
        inbound.take(channel);
      } else {
        var _ = channel.close();
      }
    }

    private void close() {
      set(null);
      listener.close();
      if (inbound != null) {
        inbound.close();
      }
    }
  }

  /**
   * Has the sockets of a predecessor used where there is one for an address.
   *
   * @param from gives a descriptor away, once
   */
  public synchronized void inherit(Function<InetSocketAddress, OptionalInt> from) {
    inherited = from;
  }

  /** Returns what listens, for a successor that shall hold it too. */
  public synchronized List<Channel> channels() {
    sharedSince = OptionalLong.of(System.nanoTime());
    return sockets.values().stream()
        .flatMap(socket -> socket.listener.channels().stream())
        .filter(Channel::isOpen)
        .toList();
  }

  /**
   * Takes a listener, new or changed. While the proxy drains no new address is opened; for what
   * still stands a change counts as ever, whoever is denied by it included.
   *
   * @throws IOException if its address cannot be bound; the one before stays in force
   */
  public synchronized void put(ListenerConfig next) throws IOException {
    ListenerConfig before = byName.get(next.name());
    List<Address> opened = new ArrayList<>();
    for (Address address : next.addresses()) {
      if (!draining && !sockets.containsKey(address)) {
        open(next, address, opened);
      }
    }
    if (next.addresses().stream().noneMatch(sockets::containsKey)) {
      return;
    }
    for (Address address : next.addresses()) {
      Socket socket = sockets.get(address);
      if (socket != null && !opened.contains(address)) {
        socket.set(next);
      }
    }
    byName.put(next.name(), next);
    if (before != null) {
      before.addresses().stream()
          .filter(address -> !next.addresses().contains(address))
          .forEach(address -> release(before, address));
    }
    context.connections().reconsider();
  }

  /** Opens one more address; if that fails none of the new ones stays. */
  private void open(ListenerConfig listener, Address address, List<Address> opened)
      throws IOException {
    try {
      sockets.put(address, new Socket(listener, address));
      opened.add(address);
      LOG.info("Listening name={} address={}", listener.name(), address);
    } catch (IOException e) {
      opened.forEach(one -> release(listener, one));
      throw e;
    }
  }

  /** A listener is gone; its connections end calmly. */
  public synchronized void remove(String name) {
    ListenerConfig before = byName.remove(name);
    if (before != null) {
      before.addresses().forEach(address -> release(before, address));
      context.connections().reconsider();
    }
  }

  /** Closes a socket of a listener unless another has taken it over. */
  private void release(ListenerConfig gone, Address address) {
    Socket socket = sockets.get(address);
    ListenerConfig owner = socket == null ? null : socket.config;
    if (socket != null && owner != null && owner.name().equals(gone.name())) {
      sockets.remove(address);
      socket.close();
      LOG.info("No longer listening name={} address={}", gone.name(), address);
    }
  }

  /** Returns the listeners in force. */
  public synchronized List<ListenerConfig> all() {
    return new ArrayList<>(byName.values());
  }

  /** New connections are not answered from now on; those that stand, or nearly do, are taken. */
  public synchronized void lastCall() {
    draining = true;
    boolean shared =
        sharedSince.isPresent() && System.nanoTime() - sharedSince.getAsLong() < SUCCESSION_NANOS;
    if (!shared) {
      sockets.values().forEach(socket -> socket.listener.lastCall());
    }
  }

  /** Takes no more connections; those that were taken go on. */
  public synchronized void stopAccepting() {
    draining = true;
    sockets.values().forEach(socket -> socket.listener.stopAccepting());
  }

  /**
   * Takes no more connections at all listeners, or at those where others call. A change of their
   * configuration does not open them again.
   */
  public synchronized void stopAccepting(boolean inboundOnly) {
    if (!inboundOnly) {
      stopAccepting();
      return;
    }
    for (Socket socket : sockets.values()) {
      ListenerConfig config = socket.config;
      if (config != null && Socket.isInbound(config)) {
        socket.listener.stopAccepting();
      }
    }
  }

  @Override
  public synchronized void close() {
    draining = true;
    sockets.values().forEach(Socket::close);
    sockets.clear();
    byName.clear();
  }
}
