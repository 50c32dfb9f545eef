package dev.hawser.cli.process;

import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the programs are: {@code bin/} of an installation or of a checkout. Each knows its jar, its
 * heap and its cache of loaded classes.
 */
public final class Installation {
  private final Path bin;

  private Installation(Path home) {
    this.bin = home.resolve("bin");
  }

  /** Finds it: {@code HAWSER_HOME}, else the folders above this program's own jar. */
  public static Installation locate(Map<String, String> environment) {
    String home = environment.getOrDefault("HAWSER_HOME", "");
    if (!home.isEmpty()) {
      return new Installation(Path.of(home).toAbsolutePath());
    }
    Path start = Path.of(System.getProperty("java.class.path", ".").split(":", 2)[0]);
    for (Path at = start.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
      if (Files.isExecutable(at.resolve("bin/hawser-control-plane"))) {
        return new Installation(at);
      }
    }
    throw new CliException(
        ExitCode.FAILED,
        "the control plane's program was not found above " + start,
        "set HAWSER_HOME to the installation, or to a checkout in which 'make build' has run");
  }

  /** Returns the command of a control plane, with its configuration as system properties. */
  List<String> controlPlane(Map<String, String> configuration) {
    List<String> command = new ArrayList<>(List.of(program("hawser-control-plane")));
    configuration.forEach((key, value) -> command.add("-D" + key + "=" + value));
    return command;
  }

  /** Returns the command of a gateway. */
  List<String> gateway(Path configFile) {
    return List.of(program("hawser-gateway"), "--config", configFile.toString());
  }

  /** Returns the command that runs this program itself once more. */
  List<String> self(List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx96m",
                "-XX:+UseCompactObjectHeaders",
                "-XX:-UsePerfData"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path", "."), "dev.hawser.cli.HawserCli"));
    command.addAll(arguments);
    return command;
  }

  private String program(String name) {
    Path program = bin.resolve(name);
    if (!Files.isExecutable(program)) {
      throw new CliException(
          ExitCode.FAILED,
          program + " is missing",
          "set HAWSER_HOME to an installation, or to a checkout in which 'make build' has run");
    }
    return program.toString();
  }
}
