package dev.hawser.engine.tls;

import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.Role;
import dev.hawser.trust.verify.Verdict;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** Judges servers whose connections belong to gRPC. */
final class Sessions {
  private Sessions() {}

  static Optional<IdentitySource.Registration> watch(
      MeshTls tls, SSLSession session, ExpectedPeers expected, LiveConnections.Closer closer) {
    try {
      LiveConnections.Connection connection =
          new LiveConnections.Connection(
              Certificates.ofPeer(session.getPeerCertificates()),
              Role.SERVER,
              expected,
              tls.clock().instant(),
              closer);
      LiveConnections live = tls.live();
      LiveConnections.Ground ground = live.ground();
      Verdict verdict = live.judge(connection, ground.bundles());
      if (verdict instanceof Verdict.Trusted) {
        IdentitySource.Registration watch = live.watch(connection);
        verdict = live.judgeAgain(connection, verdict, ground);
        if (verdict instanceof Verdict.Trusted) {
          return Optional.of(watch);
        }
        watch.close();
      }
      closer.close(verdict.toString());
    } catch (SSLPeerUnverifiedException | CertificateFormatException e) {
      closer.close(String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }
}
