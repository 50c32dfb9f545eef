package dev.hawser.controlplane.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.hawser.api.admin.JoinRequest;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.token.JoinToken;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A token is shown to nobody but its issuer. */
class TokenDisclosureTest {
  private final TestCluster west = new TestCluster("west");
  private final TestAuthority issuer = TestAuthority.create();

  @AfterEach
  void close() {
    west.close();
  }

  @Test
  void aServerUnderAnotherRootReceivesNoByteOfTheToken() throws Exception {
    TestAuthority stranger = TestAuthority.create();
    try (RecordingServer server =
        new RecordingServer(stranger.controlPlane("east"), stranger.root().certificate())) {
      JoinToken token = token(issuer, server.address());

      FederationException refusal = refused(token);

      assertThat(refusal.code()).isEqualTo("issuer-not-trusted");
      server.awaitEnd();
      assertThat(server.received()).isEmpty();
    }
  }

  @Test
  void anotherIdentityUnderTheRightRootReceivesNoByteOfTheToken() throws Exception {
    try (RecordingServer server =
        new RecordingServer(issuer.controlPlane("north"), issuer.root().certificate())) {
      JoinToken token = token(issuer, server.address());

      FederationException refusal = refused(token);

      assertThat(refusal.code()).isEqualTo("issuer-not-trusted");
      server.awaitEnd();
      assertThat(server.received()).isEmpty();
    }
  }

  @Test
  void theIssuerReceivesItSoTheRecorderWouldHaveSeenIt() throws Exception {
    try (RecordingServer server =
        new RecordingServer(issuer.controlPlane("east"), issuer.root().certificate())) {
      JoinToken token = token(issuer, server.address());

      Thread.ofVirtual().start(() -> refused(token));

      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(server.received()).contains(token.text()));
    }
  }

  private FederationException refused(JoinToken token) {
    return catchThrowableOfType(
        FederationException.class,
        () -> west.federation().join(new JoinRequest(token.text(), false)));
  }

  private JoinToken token(TestAuthority pinned, String address) {
    JoinToken form = west.invite();
    return new JoinToken(
        form.kind(),
        form.id(),
        form.secret(),
        "east",
        TestCluster.MESH_DOMAIN,
        List.of(),
        List.of(address),
        pinned.root().pin(),
        form.expires(),
        "");
  }
}
