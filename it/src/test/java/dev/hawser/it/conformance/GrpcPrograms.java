package dev.hawser.it.conformance;

import dev.hawser.it.harness.Home;
import java.util.ArrayList;
import java.util.List;

/** The programs of grpc-java's interoperability tests. */
final class GrpcPrograms {
  private static final int LAST_LINES = 12;

  private GrpcPrograms() {}

  /** Returns the command line of one. */
  static List<String> java(String program, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Home.java(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                program));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Returns the end of what one wrote. */
  static String tail(String output) {
    List<String> lines = output.lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }
}
