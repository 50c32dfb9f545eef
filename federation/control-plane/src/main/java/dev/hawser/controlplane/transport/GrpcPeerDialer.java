package dev.hawser.controlplane.transport;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.LiveTrustManager;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.verify.PinnedRootTrustManager;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;

/** Dials with gRPC over Netty, TLS 1.3. */
public final class GrpcPeerDialer implements PeerDialer {
  private static final String TLS_1_3 = "TLSv1.3";
  private static final int CONNECT_MILLIS = 3000;
  private static final int MESSAGE_BYTES = 4 * 1024 * 1024;

  private final TransportTrust trust;
  private final PeerVerifier verifier;
  private final InstantSource clock;
  private final EventLoops loops;
  private final Executor calls;

  /**
   * @param calls runs the callbacks of calls; they may block if it lets them
   */
  public GrpcPeerDialer(
      TransportTrust trust,
      PeerVerifier verifier,
      InstantSource clock,
      EventLoops loops,
      Executor calls) {
    this.trust = trust;
    this.verifier = verifier;
    this.clock = clock;
    this.loops = loops;
    this.calls = calls;
  }

  @Override
  public ManagedChannel toControlPlane(HostPort gateway, ClusterName peer) {
    SpiffeId expected = SpiffeId.controlPlane(new TrustDomain(peer.trustDomain()));
    LiveTrustManager peers =
        new LiveTrustManager(trust::bundles, ExpectedPeers.exactly(expected), clock, verifier);
    SslContextBuilder tls = client(peers).keyManager(LiveKeyManager.client(trust));
    return channel(gateway, peer.controlPlaneSni(), tls);
  }

  @Override
  public ManagedChannel toJoin(HostPort address, JoinToken token) {
    ClusterName issuer = new ClusterName(token.cluster(), token.meshDomain());
    X509ExtendedTrustManager pinned = new PinnedRootTrustManager(token, clock, verifier);
    return channel(address, issuer.controlPlaneSni(), client(pinned));
  }

  private static SslContextBuilder client(X509ExtendedTrustManager peers) {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
        .trustManager(peers)
        .protocols(TLS_1_3);
  }

  private ManagedChannel channel(HostPort address, String serverName, SslContextBuilder tls) {
    try {
      return NettyChannelBuilder.forAddress(address.host(), address.port())
          .overrideAuthority(serverName)
          .sslContext(new FullHandshakes(tls.build()))
          .eventLoopGroup(loops.workers())
          .channelType(loops.clientChannel())
          .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
          .executor(calls)
          .maxInboundMessageSize(MESSAGE_BYTES)
          .keepAliveTime(10, TimeUnit.SECONDS)
          .keepAliveTimeout(5, TimeUnit.SECONDS)
          .keepAliveWithoutCalls(true)
          .build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS 1.3 is missing from this JDK", e);
    }
  }
}
