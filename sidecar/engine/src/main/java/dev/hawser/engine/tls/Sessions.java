package dev.hawser.engine.tls;

import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.Role;
import dev.hawser.trust.verify.Verdict;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Judges servers whose connections belong to gRPC. */
final class Sessions {
  private Sessions() {}

  static Optional<IdentitySource.Registration> watch(
      MeshTls tls, SSLSession session, ExpectedPeers expected, LiveConnections.Closer closer) {
    try {
      List<X509Certificate> chain = Certificates.ofPeer(session.getPeerCertificates());
      Instant now = tls.clock().instant();
      Verdict verdict = tls.verifier().verify(chain, tls.identity().bundles(), now, Role.SERVER);
      if (verdict instanceof Verdict.Trusted(SpiffeId id) && expected.test(id)) {
        return Optional.of(
            tls.live()
                .watch(new LiveConnections.Connection(chain, Role.SERVER, expected, now, closer)));
      }
      closer.close(verdict + " (expected: " + expected.describe() + ")");
    } catch (SSLPeerUnverifiedException | CertificateFormatException e) {
      closer.close(String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }
}
