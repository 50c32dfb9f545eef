package dev.hawser.controlplane.transport;

import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.LiveTrustManager;
import dev.hawser.trust.verify.PeerVerifier;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The port that proxies, gateways, agents and other control planes speak to (15012): TLS 1.3 with
 * the control plane's own identity of the moment, client certificates asked for and, when shown,
 * verified.
 *
 * <p>Services run on virtual threads and may block. They learn their caller from {@link
 * PeerIdentity}; a call without a certificate reaches only {@code Enrollment.Enroll} and {@code
 * Peering.Join}.
 */
public final class MeshServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MeshServer.class);
  private static final String TLS_1_3 = "TLSv1.3";

  /** How often certificates that have ended since are looked for on live connections. */
  private static final Duration RECHECK = Duration.ofSeconds(30);

  private final Server server;
  private final ConnectionLedger connections;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final TransportTrust.Subscription trustChanges;
  private final Future<?> rechecks;

  private MeshServer(
      HostPort listen,
      List<BindableService> services,
      TransportTrust trust,
      PeerVerifier verifier,
      InstantSource clock,
      ServerLimits limits,
      EventLoops loops)
      throws IOException {
    LiveTrustManager peers =
        new LiveTrustManager(trust::bundles, ExpectedPeers.any(), clock, verifier);
    connections = new ConnectionLedger(limits.connections(), limits.connectionsPerSource());
    PeerCheck check = new PeerCheck(peers, connections);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(listen.resolve())
            .bossEventLoopGroup(loops.acceptor())
            .workerEventLoopGroup(loops.workers())
            .channelFactory(() -> counted(loops.newServerChannel()))
            .withOption(ChannelOption.SO_BACKLOG, 1024)
            .withOption(ChannelOption.SO_REUSEADDR, true)
            .sslContext(tls(trust, peers))
            .executor(calls)
            .intercept(check)
            .handshakeTimeout(limits.handshake().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionIdle(limits.idle().toMillis(), TimeUnit.MILLISECONDS)
            .maxConcurrentCallsPerConnection(limits.callsPerConnection())
            .maxInboundMessageSize(limits.messageBytes())
            .maxInboundMetadataSize(limits.metadataBytes())
            .maxRstFramesPerWindow(200, 30)
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(5, TimeUnit.SECONDS)
            .permitKeepAliveTime(4, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true);
    services.forEach(builder::addService);
    server = builder.build().start();
    Runnable recheck = () -> calls.execute(check::recheck);
    trustChanges = trust.onChange(recheck);
    long period = RECHECK.toSeconds();
    rechecks = loops.workers().scheduleWithFixedDelay(recheck, period, period, TimeUnit.SECONDS);
  }

  /**
   * Listens.
   *
   * @param trust own identity and bundles
   * @param verifier the process's one
   * @throws IOException if the address cannot be bound; the message names it
   */
  public static MeshServer start(
      HostPort listen,
      List<BindableService> services,
      TransportTrust trust,
      PeerVerifier verifier,
      InstantSource clock,
      ServerLimits limits,
      EventLoops loops)
      throws IOException {
    try {
      MeshServer server = new MeshServer(listen, services, trust, verifier, clock, limits, loops);
      LOG.info("Listening for proxies and peers. address={}:{}", listen.host(), server.port());
      return server;
    } catch (IOException e) {
      throw new IOException("cannot listen for proxies on " + listen + ": " + rootOf(e), e);
    }
  }

  /** Returns the bound port. */
  public int port() {
    return server.getListenSockets().getFirst() instanceof InetSocketAddress address
        ? address.getPort()
        : server.getPort();
  }

  /** Returns how many connections are open. */
  public int openConnections() {
    return connections.open();
  }

  /** Ends the calls, within two seconds, and frees the port. */
  @Override
  public void close() {
    trustChanges.close();
    rechecks.cancel(false);
    server.shutdown();
    try {
      if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
        server.shutdownNow();
        server.awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException _) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    calls.shutdownNow();
  }

  private ServerChannel counted(ServerChannel channel) {
    channel.pipeline().addLast("limits", connections);
    return channel;
  }

  private static SslContext tls(TransportTrust trust, LiveTrustManager peers) throws SSLException {
    return GrpcSslContexts.configure(
            SslContextBuilder.forServer(LiveKeyManager.server(trust)), SslProvider.JDK)
        .trustManager(peers)
        .clientAuth(ClientAuth.OPTIONAL)
        .protocols(TLS_1_3)
        .build();
  }

  private static String rootOf(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }
}
