package dev.hawser.engine.tls;

import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.LiveTrustManager;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.verify.Role;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mesh's TLS for one identity: contexts that follow its rotation, peers judged at every
 * handshake, live connections judged again when the trust changes. There is no way to switch
 * verification off.
 *
 * <p>Safe for use by any thread.
 */
public final class MeshTls implements AutoCloseable {
  /** Name of the TLS handler in a pipeline. */
  public static final String SSL = "tls";

  /** Name of the {@link PeerCheck} in a pipeline. */
  public static final String PEER = "peer";

  private static final Logger LOG = LoggerFactory.getLogger(MeshTls.class);

  /**
   * How TLS is done.
   *
   * @param provider whose implementation
   * @param handshakeTimeout from the beginning of a connection to the end of its handshake
   * @param clock the wall clock, for the validity of certificates
   */
  public record Options(TlsProvider provider, Duration handshakeTimeout, InstantSource clock) {
    /** Returns the best provider, five seconds, the system's clock. */
    public static Options defaults() {
      return new Options(TlsProvider.best(), Duration.ofSeconds(5), InstantSource.system());
    }
  }

  private final IdentitySource identity;
  private final Options options;
  private final PeerVerifier verifier = new PeerVerifier();
  private final LiveConnections live;
  private final ExecutorService rechecks =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("trust").factory());
  private final IdentitySource.Registration registration;
  private volatile String checkedDigest;

  private MeshTls(IdentitySource identity, Options options) {
    this.identity = identity;
    this.options = options;
    this.live = new LiveConnections(verifier, identity::bundles);
    this.checkedDigest = identity.bundles().digest();
    this.registration = identity.onChange(this::identityChanged);
  }

  /** Begins to follow an identity. */
  public static MeshTls start(IdentitySource identity, Options options) {
    return new MeshTls(identity, options);
  }

  /**
   * Returns TLS for accepting connections.
   *
   * @param alpn application protocols in the order of preference; may be empty
   * @param expected who may connect; authorization of single requests comes later
   */
  public ServerTls server(List<String> alpn, ExpectedPeers expected) {
    return new ServerTls(this, alpn, expected);
  }

  /**
   * Returns TLS for opening connections. Keep one per upstream: its sessions are resumed.
   *
   * @param alpn application protocols in the order of preference; may be empty
   * @param expected who may answer
   */
  public ClientTls client(List<String> alpn, ExpectedPeers expected) {
    return new ClientTls(this, alpn, expected);
  }

  /** Returns the connections that stand. */
  public LiveConnections live() {
    return live;
  }

  /**
   * Returns a context for one gRPC channel. It resumes nothing, so the trust manager sees every
   * handshake; judge the connection with {@link #watch} once it stands.
   *
   * @throws SSLException if there is no identity at the moment
   */
  public SslContext grpcClient(ExpectedPeers expected) throws SSLException {
    return Contexts.grpcClient(requireSvid(), options.provider(), trustManager(expected));
  }

  /**
   * Watches a connection whose TLS somebody else drives.
   *
   * @param session after the handshake
   * @param closer called once, on any thread, when the peer is no longer trusted
   * @return to be closed when the connection has ended; empty if the peer is refused at once, and
   *     then the closer has been called
   */
  public Optional<IdentitySource.Registration> watch(
      SSLSession session, ExpectedPeers expected, LiveConnections.Closer closer) {
    return Sessions.watch(this, session, expected, closer);
  }

  LiveTrustManager trustManager(ExpectedPeers expected) {
    return new LiveTrustManager(identity::bundles, expected, options.clock(), verifier);
  }

  Svid requireSvid() throws SSLException {
    return identity
        .svid()
        .orElseThrow(
            () -> new SSLException("identity: none (expected: a certificate that has not ended)"));
  }

  IdentitySource identity() {
    return identity;
  }

  Options options() {
    return options;
  }

  PeerVerifier verifier() {
    return verifier;
  }

  InstantSource clock() {
    return options.clock();
  }

  /** Judges again on its own thread, since the caller's may be the one that fetches bundles. */
  private void identityChanged() {
    try {
      rechecks.execute(() -> {
        String digest = identity.bundles().digest();
        if (!digest.equals(checkedDigest)) {
          checkedDigest = digest;
          LOG.info("Trust changed, live connections are judged again count={}", live.size());
          live.recheck();
        }
      });
    } catch (RejectedExecutionException _) {
      LOG.debug("Trust changed while closing");
    }
  }

  @Override
  public void close() {
    registration.close();
    rechecks.shutdown();
  }

  /** What a peer is to us when we play the given part. */
  static Role peerOf(boolean weAreServer) {
    return weAreServer ? Role.CLIENT : Role.SERVER;
  }
}
