package dev.hawser.host.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import dev.hawser.trust.svid.KeyMaterial;
import dev.hawser.trust.svid.Svid;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.x509.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CertificateFilesTest {
  private final MovableClock clock = new MovableClock();
  private final TestAuthority authority = TestAuthority.create(clock);
  @TempDir private Path temporary;

  @Test
  void theFilesFollowTheIdentityAndKeyAndCertificateAlwaysMatch() throws Exception {
    Path certs = temporary.resolve("certs");
    try (EnrolmentServer server = EnrolmentServer.start(authority);
        IdentityClient client = client(server);
        CertificateFiles _ = CertificateFiles.keep(certs, client)) {
      Svid first = client.svid().orElseThrow();
      assertHolds(certs, first);
      assertThat(mode(certs.resolve("tls.key").toRealPath())).isEqualTo("rw-------");
      assertThat(Certificates.parsePem(Files.readString(certs.resolve("ca.crt"))))
          .containsExactly(authority.root().certificate());

      clock.advance(Duration.ofHours(18));

      await().until(() -> !client.svid().orElseThrow().equals(first));
      await().untilAsserted(() -> assertHolds(certs, client.svid().orElseThrow()));
      try (Stream<Path> entries = Files.list(certs)) {
        assertThat(entries).as("old versions are removed").hasSize(5);
      }
    }
  }

  @Test
  void filesOfSomebodyElseAreNotOverwritten() throws Exception {
    Path certs = Files.createDirectory(temporary.resolve("certs"));
    Files.writeString(certs.resolve("tls.key"), "precious");
    try (EnrolmentServer server = EnrolmentServer.start(authority);
        IdentityClient client = client(server)) {
      assertThatIOException()
          .isThrownBy(() -> CertificateFiles.keep(certs, client))
          .withMessageContaining("tls.key");
      assertThat(certs.resolve("tls.key")).hasContent("precious");
    }
  }

  private IdentityClient client(EnrolmentServer server) throws Exception {
    IdentityOptions.Timing fast =
        new IdentityOptions.Timing(
            Duration.ofMillis(20),
            Duration.ofSeconds(5),
            Duration.ofMillis(30),
            Duration.ofMillis(200),
            Duration.ofMillis(50));
    return IdentityClient.open(
        IdentityOptions.of(temporary.resolve("data"))
            .with(new Attestation.TokenText(server.token()))
            .withTiming(fast, clock));
  }

  private static void assertHolds(Path certs, Svid svid) throws IOException {
    assertThat(Certificates.parsePem(Files.readString(certs.resolve("tls.crt"))))
        .isEqualTo(svid.chain());
    assertThat(
            KeyMaterial.matches(
                KeyMaterial.privateKeyFromPem(Files.readString(certs.resolve("tls.key"))),
                svid.leaf()))
        .isTrue();
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
