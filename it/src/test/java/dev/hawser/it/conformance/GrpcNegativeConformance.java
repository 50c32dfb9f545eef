package dev.hawser.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.LoopbackMesh;
import dev.hawser.it.harness.Shell;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * gRPC's negative cases of HTTP/2 by grpc-java's client, against a server of our own: first alone,
 * then through sidecar, gateway and sidecar, which must end in the same way. The client expects the
 * words of an older version of itself after a reset; it says what it got, so that is compared.
 */
final class GrpcNegativeConformance {
  private static final String CLIENT = "io.grpc.testing.integration.Http2Client";

  @Test
  void everyCaseEndsAsItDoesWithoutTheMesh() {
    Map<String, String> lost = new TreeMap<>();
    List<String> same = new ArrayList<>();
    try (LoopbackMesh mesh = LoopbackMesh.twoClusters("grpc-negative", "grpc");
        UnkindGrpcServer server = new UnkindGrpcServer(mesh.application())) {
      mesh.awaitServed();
      for (UnkindGrpcServer.Case one : UnkindGrpcServer.Case.values()) {
        String name = one.name().toLowerCase(Locale.ROOT);
        server.behave(one);
        String alone = end(run(mesh.application(), name));
        assertThat(isKept(server, one)).as(name + " alone: " + alone).isTrue();
        server.behave(one);
        Shell.Result through = run(mesh.upstream(), name);
        if (end(through).equals(alone) && isKept(server, one)) {
          same.add(name + " (" + alone + ")");
        } else {
          lost.put(
              name,
              "calls=%d connections=%d pings=%d: %s"
                  .formatted(
                      server.calls(),
                      server.connections(),
                      server.pingsOwed(),
                      GrpcPrograms.tail(through.output())));
        }
      }
    }
    System.out.printf(
        "CONFORMANCE grpc-java negative HTTP/2: %d of %d cases end through the mesh as without it: %s; lost: %s%n",
        same.size(), UnkindGrpcServer.Case.values().length, same, lost.keySet());
    assertThat(lost).isEmpty();
  }

  /** Returns how a run of the client ended. */
  private static String end(Shell.Result result) {
    if (result.exit() == 0) {
      return "passed";
    }
    return result
        .output()
        .lines()
        .filter(line -> line.contains("Received: "))
        .map(line -> line.substring(line.indexOf("Received: ")))
        .findFirst()
        .orElse("exit " + result.exit());
  }

  /** What only the server sees. */
  private static boolean isKept(UnkindGrpcServer server, UnkindGrpcServer.Case one) {
    return switch (one) {
      case GOAWAY -> server.calls() == 2 && server.connections() == 2;
      case RST_AFTER_HEADER, RST_DURING_DATA, RST_AFTER_DATA -> server.calls() == 1;
      case PING -> server.calls() == 1 && server.pingsOwed() == 0;
      case MAX_STREAMS -> server.calls() == 11;
    };
  }

  private static Shell.Result run(InetSocketAddress target, String name) {
    return Shell.run(
        Map.of(),
        GrpcPrograms.java(
            CLIENT,
            "--server_host=" + target.getAddress().getHostAddress(),
            "--server_port=" + target.getPort(),
            "--test_case=" + name));
  }
}
