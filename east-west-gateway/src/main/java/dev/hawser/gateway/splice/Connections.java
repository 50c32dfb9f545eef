package dev.hawser.gateway.splice;

import dev.hawser.engine.hello.HelloHandler;
import dev.hawser.engine.loop.EventLoops;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.gateway.config.GatewayConfig;
import dev.hawser.gateway.probe.OwnName;
import dev.hawser.gateway.proxyprotocol.AddressBlock;
import dev.hawser.gateway.route.Backend;
import dev.hawser.gateway.route.RouteTable;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * All connections of the gateway. It takes them, looks up where they lead by the table of the
 * moment, and ends those whose target is gone from a newer one.
 */
public final class Connections extends ChannelInitializer<SocketChannel> implements AutoCloseable {
  private final EventLoops loops;
  private final GatewayConfig.Limits limits;
  private final OwnName ownName;
  private final SourceLimit sources;
  private final GatewayMetrics metrics;
  private final ConnectionLog log;
  private final Set<Splice> splices = ConcurrentHashMap.newKeySet();

  /** Connections whose way is not decided yet. */
  private final Set<Opening> openings = ConcurrentHashMap.newKeySet();

  private final Map<InetSocketAddress, Integer> loads = new ConcurrentHashMap<>();
  private final List<AddressBlock> balancers;
  private volatile RouteTable table;

  /**
   * Makes the set.
   *
   * @param balancers whose connections begin with a header of the PROXY protocol
   */
  public Connections(
      EventLoops loops,
      GatewayConfig.Limits limits,
      OwnName ownName,
      Metrics metrics,
      RouteTable table,
      List<AddressBlock> balancers) {
    this.balancers = List.copyOf(balancers);
    this.loops = loops;
    this.limits = limits;
    this.ownName = ownName;
    this.table = table;
    sources = new SourceLimit(limits.connections(), limits.perSource());
    this.metrics = new GatewayMetrics(metrics, sources);
    this.log = ConnectionLog.start(System.out, metrics);
  }

  /** Takes a newer table; connections that it no longer leads to end after a while. */
  public void use(RouteTable newer) {
    table = newer;
    for (Splice splice : splices) {
      if (!splice.isAllowedBy(newer)) {
        splice.cutAfter(limits.withdrawn(), this::table);
      }
    }
  }

  /** Returns the table in force. */
  public RouteTable table() {
    return table;
  }

  @Override
  protected void initChannel(SocketChannel channel) {
    InetSocketAddress remote = channel.remoteAddress();
    if (remote == null) {
      var _ = channel.close();
      return; // Gone before it was looked at.
    }
    InetAddress source = remote.getAddress();
    if (isBalancer(source)) {
      new Announced(this, sources, channel).begin();
      return;
    }
    if (!sources.enter(source)) {
      metrics.ended("", "too-many");
      var _ = channel.close();
      return;
    }
    channel.closeFuture().addListener(_ -> sources.leave(source));
    open(channel, opening(channel));
  }

  private boolean isBalancer(InetAddress source) {
    for (AddressBlock block : balancers) {
      if (block.contains(source)) {
        return true;
      }
    }
    return false;
  }

  /** Reads the ClientHello of a connection. */
  void open(Channel channel, Opening opening) {
    openings.add(opening);
    channel.closeFuture().addListener(_ -> decided(opening));
    channel.pipeline().addLast(new HelloHandler(limits.hello(), opening));
  }

  /** Returns the beginning of a connection. */
  Opening opening(Channel channel) {
    return new Opening(this, channel, loops, limits.idle(), ownName);
  }

  /** It is known what becomes of a connection. */
  void decided(Opening opening) {
    openings.remove(opening);
  }

  /** Returns how many connections a backend has at this moment; for any thread. */
  public int load(Backend backend) {
    return loads.getOrDefault(backend.address(), 0);
  }

  void began(Splice splice) {
    splices.add(splice);
    loads.merge(splice.backend().address(), 1, Integer::sum);
  }

  void ended(Splice splice) {
    splices.remove(splice);
    loads.computeIfPresent(splice.backend().address(), (_, load) -> load == 1 ? null : load - 1);
  }

  ConnectionLog log() {
    return log;
  }

  GatewayMetrics metrics() {
    return metrics;
  }

  /** Returns how many connections are spliced now. */
  public int open() {
    return splices.size();
  }

  /** Waits for the connections to end, and ends those that have not at the deadline. */
  public CompletionStage<?> drain(Duration deadline) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    long end = System.nanoTime() + deadline.toNanos();
    ScheduledFuture<?> watch =
        loops
            .next()
            .scheduleAtFixedRate(
                () -> {
                  if (splices.isEmpty() && openings.isEmpty()) {
                    done.complete(null);
                  } else if (System.nanoTime() > end) {
                    splices.forEach(splice -> splice.cut("drained"));
                    done.complete(null);
                  }
                },
                0,
                50,
                TimeUnit.MILLISECONDS);
    return done.whenComplete((_, _) -> watch.cancel(false));
  }

  static String remote(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address ? text(address) : "";
  }

  static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** Writes the rest of the log. */
  @Override
  public void close() {
    log.close();
  }
}
