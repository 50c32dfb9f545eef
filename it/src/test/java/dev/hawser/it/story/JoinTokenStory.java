package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.host.identity.Attestation;
import dev.hawser.host.identity.IdentityClient;
import dev.hawser.host.identity.IdentityException;
import dev.hawser.host.identity.IdentityOptions;
import dev.hawser.it.harness.Shell;
import dev.hawser.trust.testing.FixedKeyManager;
import dev.hawser.trust.testing.TestAuthority;
import dev.hawser.trust.token.JoinToken;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Story 8: what a join token is not good for. */
@ExtendWith(WithTwoClusters.class)
final class JoinTokenStory {
  private static final int AT_ONCE = 64;

  @Test
  void aTokenIsRefusedWhenItIsUsedExpiredRevokedOrForAnotherCluster(TwoClusters mesh)
      throws Exception {
    String used = issue(mesh);
    join(mesh, "used-1", used);
    String expired =
        TwoClusters.token(
            mesh.east.hawser(
                "token",
                "issue",
                "--namespace",
                "shop",
                "--service-account",
                "probe",
                "--ttl",
                "1s"));
    String revoked = issue(mesh);
    mesh.east.hawser("token", "revoke", JoinToken.parse(revoked).id());
    TimeUnit.SECONDS.sleep(2);

    assertThat(refusal(mesh, "used-2", used)).isEqualTo("token-used");
    assertThat(refusal(mesh, "expired", expired)).isEqualTo("token-expired");
    assertThat(refusal(mesh, "revoked", revoked)).isEqualTo("token-revoked");
    assertThat(mesh.east.hawser("token", "list"))
        .contains("USED")
        .contains("EXPIRED")
        .contains("REVOKED");

    String forSouth = TwoClusters.token(mesh.east.hawser("invite", "--cluster", "south"));
    Shell.Result byWest = mesh.west.tryHawser("join", forSouth);
    Report.line(
        "8 a token for south, used by west: exit %d: %s",
        byWest.exit(), byWest.output().strip().replace('\n', ' '));
    assertThat(byWest.exit()).isNotZero();
    assertThat(byWest.output()).contains("south");
  }

  @Test
  void ofSixtyFourAtOnceExactlyOneWins(TwoClusters mesh) throws Exception {
    String token = issue(mesh);
    List<Callable<Boolean>> attempts = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      String name = "race-" + i;
      attempts.add(() -> {
        try {
          join(mesh, name, token);
          return true;
        } catch (IdentityException e) {
          assertThat(e.code()).isIn("token-used", IdentityException.RATE_LIMITED);
          return false;
        }
      });
    }
    int winners = 0;
    try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Future<Boolean> attempt : pool.invokeAll(attempts)) {
        winners += attempt.get() ? 1 : 0;
      }
    }
    Report.line("8 %d redemptions at once: %d won", AT_ONCE, winners);
    assertThat(winners).isEqualTo(1);
  }

  @Test
  void theTokenIsNeverSentToAServerWithTheWrongKey(TwoClusters mesh) throws Exception {
    JoinToken real = JoinToken.parse(issue(mesh));
    try (Recorder stranger = new Recorder()) {
      JoinToken astray =
          new JoinToken(
              real.kind(),
              real.id(),
              real.secret(),
              real.cluster(),
              real.meshDomain(),
              List.of(stranger.address()),
              List.of(),
              real.pin(),
              real.expires(),
              real.subject());

      String code = refusal(mesh, "astray", astray.text());

      Report.line(
          "8 a stranger at the token's address: %s after %d handshakes; it read %d bytes",
          code, stranger.connections(), stranger.received().length());
      assertThat(code).isEqualTo(IdentityException.NOT_TRUSTED);
      assertThat(stranger.connections()).isPositive();
      assertThat(stranger.received()).isEmpty();
    }
    join(mesh, "found", real.text());
  }

  private static String issue(TwoClusters mesh) {
    return TwoClusters.token(
        mesh.east.hawser("token", "issue", "--namespace", "shop", "--service-account", "probe"));
  }

  private static void join(TwoClusters mesh, String name, String token) throws IdentityException {
    IdentityClient.join(
        IdentityOptions.of(mesh.folder.resolve("tokens").resolve(name))
            .with(new Attestation.TokenText(token)));
  }

  private static String refusal(TwoClusters mesh, String name, String token) {
    try {
      join(mesh, name, token);
      return "accepted";
    } catch (IdentityException e) {
      return e.code();
    }
  }

  /** A server that has a certificate, but of another root, and writes down what it is sent. */
  private static final class Recorder implements AutoCloseable {
    private final SSLServerSocket server;
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<SSLSocket> connections = new CopyOnWriteArrayList<>();

    Recorder() throws IOException {
      TestAuthority stranger = TestAuthority.create();
      SSLContext context =
          FixedKeyManager.context(
              stranger.svid("spiffe://east.mesh.internal/ns/hawser-system/sa/control-plane"),
              new TrustsAnybody());
      server =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
      while (!server.isClosed()) {
        try {
          SSLSocket socket = (SSLSocket) server.accept();
          connections.add(socket);
          Thread.ofVirtual().start(() -> read(socket));
        } catch (IOException e) {
          return;
        }
      }
    }

    private void read(SSLSocket socket) {
      try (socket;
          InputStream in = socket.getInputStream()) {
        received.add(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        // The joiner refuses the certificate: there is nothing to read, which is what the story is
        // about.
        received.add("");
      }
    }

    String address() {
      return "127.0.0.1:" + server.getLocalPort();
    }

    int connections() {
      return connections.size();
    }

    String received() {
      return String.join("", received);
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
