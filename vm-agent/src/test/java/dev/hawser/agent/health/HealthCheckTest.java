package dev.hawser.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.hawser.agent.config.HealthSpec;
import dev.hawser.testing.ports.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HealthCheckTest {
  private static final Duration PATIENT = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir private Path temporary;

  private static String ask(String target, Duration timeout) throws InterruptedException {
    return HealthCheck.of(new HealthSpec("billing.shop", target)).ask(timeout);
  }

  private static HttpServer http(int status) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/ready",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  /** Accepts connections in the kernel and says nothing. */
  private static ServerSocket silent() throws IOException {
    return new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
  }

  @Test
  void anHttpAnswerBelow400PassesAndAnotherIsNamed() throws Exception {
    for (int good : List.of(200, 204, 302)) {
      HttpServer server = http(good);
      assertThat(ask("http://127.0.0.1:" + server.getAddress().getPort() + "/ready", PATIENT))
          .isEmpty();
      server.stop(0);
    }
    for (int bad : List.of(404, 503)) {
      HttpServer server = http(bad);
      assertThat(ask("http://127.0.0.1:" + server.getAddress().getPort() + "/ready", PATIENT))
          .isEqualTo("answered with status " + bad);
      server.stop(0);
    }
  }

  @Test
  void anHttpServerThatSaysNothingFailsAtTheTimeout() throws Exception {
    try (ServerSocket silent = silent()) {
      assertThat(ask("http://127.0.0.1:" + silent.getLocalPort() + "/ready", SHORT))
          .contains("timed out");
    }
  }

  @Test
  void whereNobodyListensBothKindsFail() throws Exception {
    int port = FreePorts.next();
    assertThat(ask("tcp://127.0.0.1:" + port, PATIENT)).contains("refused");
    assertThat(ask("http://127.0.0.1:" + port + "/", PATIENT)).isNotEmpty();
  }

  @Test
  void aConnectionThatIsAcceptedPasses() throws Exception {
    try (ServerSocket server = silent()) {
      assertThat(ask("tcp://127.0.0.1:" + server.getLocalPort(), PATIENT)).isEmpty();
    }
  }

  @Test
  void aConnectionThatNobodyAnswersFailsAtTheTimeout() throws Exception {
    // TEST-NET-1 of RFC 5737: nothing is there; a network that says so at once is as good.
    assertThat(ask("tcp://192.0.2.1:9", SHORT)).isNotEmpty();
  }

  @Test
  void aCommandPassesByItsExitCodeAndItsLastLineSaysWhyNot() throws Exception {
    assertThat(ask("exec:exit 0", PATIENT)).isEmpty();
    assertThat(ask("exec:echo one; echo the disk is full; exit 3", PATIENT))
        .isEqualTo("exit code 3: the disk is full");
    assertThat(ask("exec:no-such-command-here", PATIENT)).startsWith("exit code 127");
  }

  @Test
  void aCommandThatDoesNotEndIsKilledWithItsChildren() throws Exception {
    Path pid = temporary.resolve("pid");
    assertThat(ask("exec:sleep 600 & echo $! > " + pid + "; wait", Duration.ofSeconds(2)))
        .contains("did not end within 2000 ms");
    long child = Long.parseLong(Files.readString(pid).strip());
    await().until(() -> ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
  }

  @Test
  void aCommandThatSpeaksWithoutEndDoesNotBlockOnItsOutput() throws Exception {
    assertThat(ask("exec:head -c 1000000 /dev/zero; exit 0", PATIENT)).isEmpty();
  }

  @Test
  void theFirstAnswerCountsAtOnceAndLaterOnesOnlyInARow() throws Exception {
    Path broken = temporary.resolve("broken");
    AtomicInteger changes = new AtomicInteger();
    HealthMonitor.Pace pace = new HealthMonitor.Pace(Duration.ofMillis(50), PATIENT, 2);
    try (HealthMonitor monitor =
        HealthMonitor.start(
            List.of(new HealthSpec("billing.shop", "exec:test ! -e " + broken)),
            pace,
            InstantSource.system(),
            changes::incrementAndGet)) {
      assertThat(monitor.current().getFirst().reason()).isEqualTo("not asked yet");
      await().until(() -> monitor.byService().equals(Map.of("billing.shop", true)));
      assertThat(changes).hasValue(1);
      Files.createFile(broken);
      await().until(() -> monitor.byService().equals(Map.of("billing.shop", false)));
      assertThat(monitor.current().getFirst().reason()).isEqualTo("exit code 1");
      Files.delete(broken);
      await().until(() -> monitor.byService().equals(Map.of("billing.shop", true)));
      assertThat(changes).hasValue(3);
    }
  }

  @Test
  void aServiceIsHealthyWhenAllItsChecksSayso() throws Exception {
    HealthMonitor.Pace pace = new HealthMonitor.Pace(Duration.ofMillis(50), PATIENT, 1);
    try (HealthMonitor monitor =
        HealthMonitor.start(
            List.of(
                new HealthSpec("billing.shop", "exec:exit 0"),
                new HealthSpec("billing.shop", "exec:exit 1"),
                new HealthSpec("ledger.shop", "exec:exit 0")),
            pace,
            InstantSource.system(),
            () -> {})) {
      await()
          .until(
              () -> monitor.byService().equals(Map.of("billing.shop", false, "ledger.shop", true)));
    }
  }
}
