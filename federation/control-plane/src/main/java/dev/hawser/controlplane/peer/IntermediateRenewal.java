package dev.hawser.controlplane.peer;

import com.google.protobuf.ByteString;
import dev.hawser.controlplane.enroll.JoinedAuthority;
import dev.hawser.controlplane.enroll.TrustState;
import dev.hawser.controlplane.state.StateUnavailableException;
import dev.hawser.trust.authority.ClusterAuthority;
import dev.hawser.trust.authority.IntermediateRequest;
import dev.hawser.trust.x509.CertificateFormatException;
import dev.hawser.trust.x509.Certificates;
import io.grpc.StatusRuntimeException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets this cluster's next intermediate from the holder of the root, with a new key, when the
 * present one has used up two thirds of its life. Blocks.
 */
final class IntermediateRenewal {
  private static final Logger log = LoggerFactory.getLogger(IntermediateRenewal.class);

  private final TrustState trust;
  private final HolderClient holder;
  private final InstantSource wall;

  IntermediateRenewal(TrustState trust, HolderClient holder, InstantSource wall) {
    this.trust = trust;
    this.holder = holder;
    this.wall = wall;
  }

  /** Renews if it is time; called every minute. A holder away is no harm for months. */
  void tick() {
    if (trust.root().isPresent() || !trust.isIntermediateDue()) {
      return;
    }
    try {
      renew();
    } catch (StatusRuntimeException | CertificateFormatException | StateUnavailableException e) {
      log.warn(
          "intermediate not renewed root_holder={} until={} reason={}",
          trust.rootHolder(),
          trust.authority().intermediate().getNotAfter().toInstant(),
          e.getMessage());
    } catch (RuntimeException e) {
      // The timer would stop for ever, and nobody would notice for months.
      log.error("intermediate not renewed root_holder={}", trust.rootHolder(), e);
    }
  }

  /**
   * Renews now.
   *
   * @throws StatusRuntimeException if the holder refuses or cannot be reached
   * @throws CertificateFormatException if its answer cannot be used
   */
  void renew() {
    IntermediateRequest request = IntermediateRequest.create();
    List<X509Certificate> chain =
        Certificates.parseAll(
            holder.signNext(request.csr()).stream().map(ByteString::toByteArray).toList());
    ClusterAuthority authority =
        ClusterAuthority.of(trust.trustDomain(), request.keys().getPrivate(), chain, wall);
    if (!authority.root().equals(trust.rootCertificate())) {
      throw new CertificateFormatException(
          "intermediate under root "
              + Certificates.fingerprint(authority.root())
              + " (expected: under "
              + Certificates.fingerprint(trust.rootCertificate())
              + ")");
    }
    trust.adopt(new JoinedAuthority(authority, trust.rootHolder()));
    log.info("intermediate renewed root_holder={}", trust.rootHolder());
  }
}
