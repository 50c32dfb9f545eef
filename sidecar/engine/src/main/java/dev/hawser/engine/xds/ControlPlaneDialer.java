package dev.hawser.engine.xds;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.engine.tls.IdentitySource;
import dev.hawser.engine.tls.LiveConnections;
import dev.hawser.engine.tls.MeshTls;
import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.x509.Certificates;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Opens gRPC connections to the control planes of one cluster, over mutual TLS, accepting nobody
 * but that cluster's control plane. Safe for use by any thread.
 */
public final class ControlPlaneDialer implements AutoCloseable {
  private static final int MAX_MESSAGE = 64 * 1024 * 1024;

  /** gRPC pings no more often than every ten seconds; a frozen server is given up in fifteen. */
  private static final int KEEPALIVE_SECONDS = 10;

  private static final int KEEPALIVE_TIMEOUT_SECONDS = 5;
  private static final int PIN_DIGITS = 16;

  private final MeshTls tls;
  private final IdentitySource identity;
  private final ClusterName cluster;
  private final Supplier<List<String>> addresses;
  private final ExpectedPeers expected;
  private final EventLoopGroup loop =
      new NioEventLoopGroup(1, new DefaultThreadFactory("xds-io", true));

  /**
   * Makes a dialer.
   *
   * @param cluster whose control planes are meant
   * @param addresses host:port, nearest first; read at each attempt
   */
  public ControlPlaneDialer(
      MeshTls tls, IdentitySource identity, ClusterName cluster, Supplier<List<String>> addresses) {
    this.tls = tls;
    this.identity = identity;
    this.cluster = cluster;
    this.addresses = addresses;
    this.expected =
        ExpectedPeers.exactly(SpiffeId.controlPlane(new TrustDomain(cluster.trustDomain())));
  }

  /**
   * A connection under way.
   *
   * @param address host:port
   * @param channel to be shut down by the taker
   */
  record Dialed(String address, ManagedChannel channel) {}

  /**
   * Begins a connection; failures show on its first call.
   *
   * @param attempt which of the addresses is meant, modulo their number
   * @param oldRoot whether to ask for the chain of the first root that we know, which a control
   *     plane keeps for those that were away while its root changed
   * @throws SSLException if there is no identity at the moment
   */
  Dialed dial(int attempt, boolean oldRoot) throws SSLException {
    List<String> known = addresses.get();
    if (known.isEmpty()) {
      throw new SSLException("control plane: no address (expected: host:port)");
    }
    String address = known.get(Math.floorMod(attempt, known.size()));
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, Math.max(colon, 0));
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(host, Integer.parseInt(address.substring(colon + 1)))
            .overrideAuthority(serverName(oldRoot))
            .sslContext(tls.grpcClient(expected))
            .eventLoopGroup(loop)
            .channelType(NioSocketChannel.class)
            .proxyDetector(_ -> null)
            .disableRetry()
            .maxInboundMessageSize(MAX_MESSAGE)
            .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .keepAliveWithoutCalls(false)
            .build();
    return new Dialed(address, channel);
  }

  private String serverName(boolean oldRoot) {
    Optional<TrustBundle> own =
        oldRoot
            ? identity.bundles().find(new TrustDomain(cluster.trustDomain()))
            : Optional.empty();
    return own.map(bundle -> Certificates.fingerprint(bundle.roots().getFirst()))
        .map(pin -> "r" + pin.substring(0, PIN_DIGITS) + "." + cluster.controlPlaneSni())
        .orElse(cluster.controlPlaneSni());
  }

  /** Judges a connection that stands, now and at every change of trust. */
  Optional<IdentitySource.Registration> watch(
      @Nullable SSLSession session, LiveConnections.Closer closer) {
    if (session == null) {
      closer.close("the connection has no TLS");
      return Optional.empty();
    }
    return tls.watch(session, expected, closer);
  }

  /** Has a listener called when identity or trust changed: a failed dial may succeed now. */
  IdentitySource.Registration onIdentityChange(Runnable listener) {
    return identity.onChange(listener);
  }

  @Override
  public void close() {
    var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
