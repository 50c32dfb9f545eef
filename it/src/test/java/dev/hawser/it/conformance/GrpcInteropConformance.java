package dev.hawser.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.LoopbackMesh;
import dev.hawser.it.harness.Managed;
import dev.hawser.it.harness.Shell;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * gRPC's own interoperability cases, as grpc-java has them, between its client and its server: each
 * that passes when the two are alone passes through sidecar, gateway and sidecar. See
 * https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md.
 */
final class GrpcInteropConformance {
  private static final String SERVER = "io.grpc.testing.integration.TestServiceServer";
  private static final String CLIENT = "io.grpc.testing.integration.TestServiceClient";

  /** All but those that need Google's cloud or a balancer that reports load out of band. */
  private static final List<String> CASES =
      List.of(
          "empty_unary",
          "cacheable_unary",
          "large_unary",
          "client_compressed_unary",
          "client_compressed_unary_noprobe",
          "server_compressed_unary",
          "client_streaming",
          "client_compressed_streaming",
          "client_compressed_streaming_noprobe",
          "server_streaming",
          "server_compressed_streaming",
          "ping_pong",
          "empty_stream",
          "unimplemented_service",
          "unimplemented_method",
          "cancel_after_begin",
          "cancel_after_first_response",
          "timeout_on_sleeping_server",
          "very_large_request",
          "pick_first_unary",
          "custom_metadata",
          "status_code_and_message",
          "special_status_message");

  private static final Path FOLDER = Home.folder("grpc-interop-programs");

  private static LoopbackMesh mesh;
  private static Managed server;

  @BeforeAll
  static void start() {
    mesh = LoopbackMesh.twoClusters("grpc-interop", "grpc");
    server =
        Managed.start(
            "grpc-interop-server",
            FOLDER,
            Map.of(),
            GrpcPrograms.java(SERVER, "--port=" + mesh.application().getPort(), "--use_tls=false"));
    mesh.awaitServed();
    Awaitility.await("the server listens")
        .atMost(Duration.ofSeconds(60))
        .until(() -> connects(mesh.application()));
  }

  @AfterAll
  static void stop() {
    server.close();
    mesh.close();
  }

  @Test
  void everyCaseThatPassesWithoutTheMeshPassesThroughIt() {
    Map<String, String> lost = new TreeMap<>();
    List<String> notEvenAlone = new ArrayList<>();
    int passed = 0;
    for (String name : CASES) {
      if (run(mesh.application(), name).exit() != 0) {
        notEvenAlone.add(name);
        continue;
      }
      Shell.Result through = run(mesh.upstream(), name);
      if (through.exit() == 0) {
        passed++;
      } else {
        lost.put(name, GrpcPrograms.tail(through.output()));
      }
    }
    System.out.printf(
        "CONFORMANCE grpc-java interop: %d of %d cases pass through the mesh; fail without it: %s; lost: %s%n",
        passed, CASES.size() - notEvenAlone.size(), notEvenAlone, lost.keySet());
    assertThat(lost).isEmpty();
    assertThat(passed).isGreaterThanOrEqualTo(18);
  }

  @ParameterizedTest
  @CsvSource({"rpc_soak, 1000", "channel_soak, 200"})
  void aSoakHasNoFailure(String name, int calls) {
    Shell.Result soak =
        run(
            mesh.upstream(),
            name,
            "--soak_iterations=" + calls,
            "--soak_max_failures=0",
            "--soak_per_iteration_max_acceptable_latency_ms=10000",
            "--soak_overall_timeout_seconds=80");
    System.out.printf(
        "CONFORMANCE grpc-java %s: %s%n",
        name,
        soak.output()
            .lines()
            .filter(line -> line.contains("iterations"))
            .reduce((_, last) -> last)
            .orElse(GrpcPrograms.tail(soak.output())));
    assertThat(soak.exit()).as(GrpcPrograms.tail(soak.output())).isZero();
  }

  private static Shell.Result run(InetSocketAddress target, String name, String... more) {
    List<String> command =
        GrpcPrograms.java(
            CLIENT,
            "--server_host=" + target.getAddress().getHostAddress(),
            "--server_port=" + target.getPort(),
            "--use_tls=false",
            "--test_case=" + name);
    command.addAll(List.of(more));
    return Shell.run(Map.of(), command);
  }

  private static boolean connects(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, 1000);
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
