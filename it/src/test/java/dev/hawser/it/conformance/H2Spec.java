package dev.hawser.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.LoopbackMesh;
import dev.hawser.it.harness.Shell;
import dev.hawser.it.programs.Programs;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs h2spec, whose client speaks HTTP/2 with prior knowledge to the caller's sidecar. */
final class H2Spec {
  private static final Pattern SUMMARY =
      Pattern.compile("(\\d+) tests, (\\d+) passed, (\\d+) skipped, (\\d+) failed");

  /**
   * What the application takes for an answer. Some cases reset a request and go on: they are about
   * a stream that was not answered before, which a quick application may have done.
   */
  static final Duration ANSWER_TIME = Duration.ofMillis(20);

  private H2Spec() {}

  /**
   * Runs sections against a mesh's caller and fails unless every case passes.
   *
   * @param sections none for all
   */
  static void allPass(
      LoopbackMesh mesh, String path, int cases, boolean strict, String... sections) {
    List<String> command = new ArrayList<>(List.of(Programs.h2spec()));
    command.addAll(List.of(sections));
    InetSocketAddress target = mesh.upstream();
    command.addAll(
        List.of("-h", target.getHostString(), "-p", Integer.toString(target.getPort()), "-o", "3"));
    if (strict) {
      command.add("-S");
    }
    String output = Shell.run(Map.of(), command).output();
    Matcher summary = SUMMARY.matcher(output);
    assertThat(summary.find()).as(output).isTrue();
    System.out.println(
        "CONFORMANCE h2spec " + path + (strict ? " strict: " : ": ") + summary.group());
    assertThat(summary.group())
        .as(output)
        .isEqualTo(cases + " tests, " + cases + " passed, 0 skipped, 0 failed");
  }
}
