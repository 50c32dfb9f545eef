package dev.hawser.trust.verify;

import dev.hawser.trust.bundle.TrustBundle;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.token.JoinToken;
import dev.hawser.trust.x509.Certificates;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The trust manager of one who has a join token and nothing else. It accepts a server whose chain
 * ends in the root that the token pins, that passes every rule of {@link PeerVerifier} under that
 * root, and that is the control plane of the token's cluster. So the token is only ever sent to the
 * one who made it.
 */
public final class PinnedRootTrustManager extends X509ExtendedTrustManager {
  private final JoinToken token;
  private final InstantSource clock;
  private final PeerVerifier verifier;
  private volatile @Nullable X509Certificate root;

  /**
   * Makes a trust manager for one join.
   *
   * @param token the invitation
   * @param clock the wall clock, for validity
   * @param verifier the process's one
   */
  public PinnedRootTrustManager(JoinToken token, InstantSource clock, PeerVerifier verifier) {
    this.token = token;
    this.clock = clock;
    this.verifier = verifier;
  }

  /** Returns the root, once a server has been accepted. */
  public Optional<X509Certificate> root() {
    return Optional.ofNullable(root);
  }

  /** Judges a server's chain: leaf, intermediate and root, in this order. */
  public Verdict verify(X509Certificate @Nullable [] chain) {
    if (chain == null || chain.length == 0) {
      return new Verdict.Refused(Reason.NO_CERTIFICATE, "an empty chain");
    }
    X509Certificate last = chain[chain.length - 1];
    byte[] digest = Certificates.sha256(last);
    if (!MessageDigest.isEqual(digest, HexFormat.of().parseHex(token.pin()))) {
      return new Verdict.Refused(
          Reason.PIN_MISMATCH,
          "'"
              + last.getSubjectX500Principal()
              + "' "
              + HexFormat.of().formatHex(digest)
              + " (expected: "
              + token.pin()
              + ")");
    }
    TrustBundles pinned = TrustBundles.of(new TrustBundle(token.trustDomain(), List.of(last), 0));
    Verdict verdict = verifier.verify(List.of(chain), pinned, clock.instant(), Role.SERVER);
    SpiffeId expected = SpiffeId.controlPlane(token.trustDomain());
    if (verdict instanceof Verdict.Trusted(var id) && !id.equals(expected)) {
      return new Verdict.Refused(Reason.UNEXPECTED_PEER, id + " (expected: " + expected + ")");
    }
    return verdict;
  }

  /** Always refuses: a joiner accepts no connections. */
  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("a joiner accepts no clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    if (verify(chain) instanceof Verdict.Refused refused) {
      throw new PeerRefusedException(refused);
    }
    root = chain[chain.length - 1];
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
