package dev.hawser.agent.doctor;

import dev.hawser.agent.config.AgentConfig;
import dev.hawser.agent.status.AgentStatus;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.host.identity.IdentityOptions;
import dev.hawser.trust.svid.SvidStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;

/** Reads what the data directory holds, without the agent's own care: a bad key is a fact too. */
final class IdentityFacts {
  private final Path directory;

  IdentityFacts(Path directory) {
    this.directory = directory;
  }

  Seen<Facts.Certificate> certificate() {
    SvidStore store = new SvidStore(directory);
    if (!Files.exists(store.keyFile()) || !Files.exists(store.chainFile())) {
      return Seen.unknown(directory + " holds no key and certificate");
    }
    try (InputStream in = Files.newInputStream(store.chainFile())) {
      X509Certificate leaf =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      Path key = store.keyFile().toRealPath();
      return Seen.found(
          new Facts.Certificate(
              key,
              PosixFilePermissions.toString(Files.getPosixFilePermissions(key)),
              leaf.getNotBefore().toInstant(),
              leaf.getNotAfter().toInstant()));
    } catch (IOException | CertificateException e) {
      return Seen.unknown(store.chainFile() + " cannot be read: " + e.getMessage());
    }
  }

  /** Returns where the control plane is: as the operator says, as it said itself, or as used. */
  List<String> controlPlane(AgentConfig config, Seen<AgentStatus> status) {
    if (!config.controlPlane().isEmpty()) {
      return config.controlPlane();
    }
    try {
      var stored = IdentityClient.stored(IdentityOptions.of(directory));
      if (stored.isPresent()) {
        return stored.get().enrolment().controlPlane();
      }
    } catch (IdentityException _) {
      // What is wrong with it is said where the certificate is judged.
    }
    return status.known().stream()
        .flatMap(known -> Stream.ofNullable(known.running()))
        .flatMap(running -> Stream.ofNullable(running.controlPlane()))
        .map(AgentStatus.ControlPlane::address)
        .filter(address -> !address.isEmpty())
        .toList();
  }
}
