package dev.hawser.host.identity;

import com.google.protobuf.util.JsonFormat;
import dev.hawser.api.enroll.v1.EnrollResponse;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.svid.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the control plane said at enrolment, as JSON beside the certificate; 0600. */
final class EnrolmentFile {
  private final Path file;

  EnrolmentFile(Path dataDir) {
    this.file = dataDir.resolve("enrolment.json");
  }

  void write(Enrolment enrolment) throws IOException {
    EnrollResponse.Builder stored =
        EnrollResponse.newBuilder()
            .setCluster(enrolment.cluster().name())
            .setMeshDomain(enrolment.cluster().meshDomain())
            .setNetwork(enrolment.network())
            .addAllControlPlaneAddresses(enrolment.controlPlane())
            .addAllServices(enrolment.services());
    stored.getSvidBuilder().setSpiffeId(enrolment.id().toString());
    PrivateFiles.write(
        file, (JsonFormat.printer().print(stored) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Returns what is stored; empty if there is no such file. */
  Optional<Enrolment> read() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      EnrollResponse.Builder stored = EnrollResponse.newBuilder();
      JsonFormat.parser().ignoringUnknownFields().merge(Files.readString(file), stored);
      return Optional.of(
          new Enrolment(
              SpiffeId.parse(stored.getSvid().getSpiffeId()),
              new ClusterName(stored.getCluster(), stored.getMeshDomain()),
              stored.getNetwork(),
              stored.getControlPlaneAddressesList(),
              stored.getServicesList()));
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
