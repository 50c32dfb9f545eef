package dev.hawser.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hawser.it.harness.Home;
import dev.hawser.it.harness.LoopbackMesh;
import dev.hawser.it.harness.Shell;
import dev.hawser.it.programs.Programs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Autobahn's cases about WebSockets (RFC 6455) end through two sidecars as they end at the
 * application itself. The sidecars must not look into the frames, so what the application does
 * wrong stays wrong.
 */
class AutobahnConformance {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /**
   * All chapters but compression (12 and 13), which the application does not offer; of the one
   * about large messages (9), which takes a quarter of an hour, the beginnings.
   */
  private static final List<String> CASES =
      List.of(
          "1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.1.1", "9.1.2", "9.2.1", "9.2.2",
          "9.3.1", "9.4.1", "9.5.1", "9.6.1", "9.7.1", "9.8.1", "10.*");

  /**
   * Some cases end now in one way and now in another at the application alone: which of two closes
   * comes first is a race. What was seen through the sidecars must be seen without them as well,
   * unless it is as it should be.
   */
  private static final int ROUNDS = 5;

  private static final String RIGHT = "OK/OK";

  private static final String PROGRAM =
      """
      import json, sys
      from autobahntestsuite import wstest
      wstest.start({'mode': 'fuzzingclient'}, json.loads(open(sys.argv[1]).read()))
      """;

  private static LoopbackMesh mesh;
  private static WebSocketEcho application;
  private static Path folder;

  @BeforeAll
  static void start() {
    folder = Home.folder("autobahn-reports");
    mesh = LoopbackMesh.oneCluster("autobahn", "http");
    application = new WebSocketEcho(mesh.application());
    mesh.awaitServed();
  }

  @AfterAll
  static void stop() {
    application.close();
    mesh.close();
  }

  @Test
  void everyCaseEndsAsItDoesAtTheApplication() throws IOException {
    Map<String, Set<String>> direct = new TreeMap<>();
    Map<String, Set<String>> through = new TreeMap<>();
    List<String> cases = CASES;
    for (int round = 1; round <= ROUNDS && !cases.isEmpty(); round++) {
      JsonNode results = run("reports-" + round, cases);
      note(results.path("direct"), direct);
      note(results.path("mesh"), through);
      cases =
          through.entrySet().stream()
              .filter(
                  one -> isOtherwise(direct.getOrDefault(one.getKey(), Set.of()), one.getValue()))
              .map(Map.Entry::getKey)
              .toList();
      System.out.printf(
          "CONFORMANCE autobahn: %d cases, of which %d end in a way through the sidecars that was not seen without them, after %d rounds %s%n",
          direct.size(),
          cases.size(),
          round,
          cases.stream().map(name -> name + direct.get(name) + through.get(name)).toList());
    }
    assertThat(direct.size()).isPositive().isEqualTo(through.size());
    assertThat(cases).isEmpty();
  }

  /** Whether something was seen through the sidecars alone, and it is not simply right. */
  private static boolean isOtherwise(Set<String> direct, Set<String> through) {
    return through.stream().anyMatch(end -> !end.equals(RIGHT) && !direct.contains(end));
  }

  private static void note(JsonNode results, Map<String, Set<String>> verdicts) {
    results
        .fieldNames()
        .forEachRemaining(name ->
            verdicts.computeIfAbsent(name, _ -> new TreeSet<>()).add(verdict(results.path(name))));
  }

  /** Behaviour and close, as Autobahn words them. */
  private static String verdict(JsonNode one) {
    return one.path("behavior").asText() + "/" + one.path("behaviorClose").asText();
  }

  private static JsonNode run(String name, List<String> cases) throws IOException {
    Path reports = folder.resolve(name);
    ObjectMapper json = new ObjectMapper();
    Path specification = folder.resolve("specification.json");
    json.writeValue(
        specification.toFile(),
        Map.of(
            "options",
            Map.of("failByDrop", false),
            "outdir",
            reports.toString(),
            "servers",
            List.of(
                Map.of("agent", "direct", "url", url(mesh.application())),
                Map.of("agent", "mesh", "url", url(mesh.upstream()))),
            "cases",
            cases,
            "exclude-cases",
            List.of(),
            "exclude-agent-cases",
            Map.of()));
    Path program = Files.writeString(folder.resolve("run.py"), PROGRAM);
    Path suite = Path.of(Programs.autobahn());
    List<String> command =
        new ArrayList<>(
            List.of(
                Home.java(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dpython.console.encoding=UTF-8",
                "-Dpython.cachedir=" + folder.resolve("python"),
                "-cp",
                suite.resolve("jython.jar") + ":" + suite.resolve("suite.jar"),
                "org.python.util.jython",
                program.toString(),
                specification.toString()));
    Shell.run(PATIENCE, Map.of(), command).orFail();
    return json.readTree(reports.resolve("index.json").toFile());
  }

  private static String url(InetSocketAddress address) {
    return "ws://" + address.getHostString() + ":" + address.getPort();
  }
}
