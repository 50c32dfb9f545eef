package dev.hawser.trust.verify;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The mesh's trust manager: every check reads the bundles of that moment, so a change of trust
 * needs no new TLS context. It serves both roles, with the JDK's engine and with OpenSSL's.
 *
 * <p>A resumed session never reaches a trust manager (JSSE and BoringSSL alike), so whoever uses
 * this calls {@link #reverify} when a handshake completes, and again for live connections when the
 * bundles change, and closes what is refused. Host names play no part: the peer is its SPIFFE id,
 * and the endpoint identification of the TLS parameters is not consulted.
 */
public final class LiveTrustManager extends X509ExtendedTrustManager {
  private final Supplier<TrustBundles> bundles;
  private final ExpectedPeers expected;
  private final InstantSource clock;
  private final PeerVerifier verifier;

  /**
   * Makes a trust manager.
   *
   * @param bundles read once for each check; must be fast and safe for any thread
   * @param expected who may be at the other end
   * @param clock the wall clock, for validity
   * @param verifier the process's one
   */
  public LiveTrustManager(
      Supplier<TrustBundles> bundles,
      ExpectedPeers expected,
      InstantSource clock,
      PeerVerifier verifier) {
    this.bundles = bundles;
    this.expected = expected;
    this.clock = clock;
    this.verifier = verifier;
  }

  /** Judges a chain, leaf first, by the bundles of this moment. */
  public Verdict verify(X509Certificate @Nullable [] chain, Role peerRole) {
    List<X509Certificate> certificates = chain == null ? List.of() : List.of(chain);
    return verify(certificates, peerRole);
  }

  /**
   * Judges the peer of a session by the bundles of this moment.
   *
   * @param session of a completed handshake, resumed or not
   */
  public Verdict reverify(SSLSession session, Role peerRole) {
    try {
      return verify(Certificates.ofPeer(session.getPeerCertificates()), peerRole);
    } catch (SSLPeerUnverifiedException e) {
      return new Verdict.Refused(Reason.NO_CERTIFICATE, String.valueOf(e.getMessage()));
    } catch (CertificateFormatException e) {
      return new Verdict.Refused(Reason.MALFORMED_CERTIFICATE, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    require(verify(chain, Role.CLIENT));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    require(verify(chain, Role.CLIENT));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    require(verify(chain, Role.CLIENT));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    require(verify(chain, Role.SERVER));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    require(verify(chain, Role.SERVER));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    require(verify(chain, Role.SERVER));
  }

  /** Returns none: the roots change while a context lives, and strangers need not know them. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  private Verdict verify(List<X509Certificate> chain, Role peerRole) {
    Verdict verdict = verifier.verify(chain, bundles.get(), clock.instant(), peerRole);
    if (verdict instanceof Verdict.Trusted(var id) && !expected.test(id)) {
      return new Verdict.Refused(
          Reason.UNEXPECTED_PEER, id + " (expected: " + expected.describe() + ")");
    }
    return verdict;
  }

  private static void require(Verdict verdict) throws PeerRefusedException {
    if (verdict instanceof Verdict.Refused refused) {
      throw new PeerRefusedException(refused);
    }
  }
}
