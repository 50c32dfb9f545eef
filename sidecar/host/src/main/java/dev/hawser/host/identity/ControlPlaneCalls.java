package dev.hawser.host.identity;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.trust.svid.Svid;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to a control plane that may have several addresses. Every call has its own connection: they
 * are rare, and so neither a resumed TLS session nor an old certificate can outlive a change.
 */
final class ControlPlaneCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ControlPlaneCalls.class);

  private static final int ROOT_LABEL_DIGITS = 16;
  private static final int KEEPALIVE_SECONDS = 10;
  private static final int KEEPALIVE_TIMEOUT_SECONDS = 5;

  private final ClusterName cluster;
  private final String knownRoot;
  private final Duration deadline;

  /**
   * @param knownRoot SHA-256 of the DER of the root that the caller trusts, in hexadecimal
   */
  ControlPlaneCalls(ClusterName cluster, String knownRoot, Duration deadline) {
    this.cluster = cluster;
    this.knownRoot = knownRoot;
    this.deadline = deadline;
  }

  /** Opens a channel whose server must satisfy the trust manager before it gets a byte. */
  ManagedChannel open(
      String address, String serverName, X509ExtendedTrustManager trust, @Nullable Svid svid)
      throws IdentityException {
    HostPort target = HostPort.parse(address);
    try {
      SslContextBuilder tls =
          GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
              .protocols("TLSv1.3")
              .trustManager(trust);
      if (svid != null) {
        tls.keyManager(svid.privateKey(), svid.chain().toArray(X509Certificate[]::new));
      }
      return NettyChannelBuilder.forAddress(target.host(), target.port())
          .overrideAuthority(serverName)
          .sslContext(tls.build())
          // A token must not take a detour through whatever proxy this process inherited.
          .proxyDetector(_ -> null)
          // A stream to a control plane that froze must end, or its client waits for ever.
          .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
          .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
          .build();
    } catch (SSLException e) {
      throw new IdentityException(
          IdentityException.LOCAL,
          "TLS cannot be set up with the stored key: " + e.getMessage(),
          "remove the data directory and join again with a new token",
          e);
    }
  }

  /**
   * Makes one call at the first address that answers.
   *
   * @throws IdentityException the answer of the last address, or the first refusal
   */
  <T> T first(
      List<String> addresses,
      X509ExtendedTrustManager trust,
      @Nullable Svid svid,
      Function<CallTarget, T> call)
      throws IdentityException {
    IdentityException last = null;
    for (String address : addresses) {
      for (String serverName : serverNames()) {
        ManagedChannel channel = open(address, serverName, trust, svid);
        try {
          return call.apply(new CallTarget(channel, deadline));
        } catch (StatusRuntimeException e) {
          IdentityException explained = CallFailures.explain(e, address, cluster);
          boolean distrusted = explained.code().equals(IdentityException.NOT_TRUSTED);
          if (!explained.isTransient() && !distrusted) {
            throw explained;
          }
          LOG.debug("Control plane did not answer. address={} reason={}", address, e.getMessage());
          last = last == null || last.isTransient() ? explained : last;
          if (!distrusted) {
            break;
          }
        } finally {
          close(channel);
        }
      }
    }
    throw last != null
        ? last
        : new IdentityException(
            IdentityException.UNREACHABLE,
            "no address of the control plane of " + cluster + " is known",
            "give one, host:port of the control plane's proxy port (15012)",
            null);
  }

  /**
   * The plain name first; a control plane that has moved to a new root still serves the chain of
   * the old one under the name that says which root the caller knows.
   */
  private List<String> serverNames() {
    String plain = cluster.controlPlaneSni();
    return List.of(plain, "r" + knownRoot.substring(0, ROOT_LABEL_DIGITS) + "." + plain);
  }

  /** A connection to call on, and how long the call may take. */
  record CallTarget(ManagedChannel channel, Duration deadline) {}

  private static void close(ManagedChannel channel) {
    channel.shutdownNow();
    try {
      channel.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
