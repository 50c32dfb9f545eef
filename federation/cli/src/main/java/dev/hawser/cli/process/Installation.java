package dev.hawser.cli.process;

import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where the programs are: {@code lib/} of an installation, or the {@code target/} folders of a
 * checkout that was built.
 */
public final class Installation {
  private final Path home;
  private final Map<String, String> environment;

  private Installation(Path home, Map<String, String> environment) {
    this.home = home;
    this.environment = environment;
  }

  /** Finds it: {@code HAWSER_HOME}, else the folders above this program's own jar. */
  public static Installation locate(Map<String, String> environment) {
    String home = environment.getOrDefault("HAWSER_HOME", "");
    if (!home.isEmpty()) {
      return new Installation(Path.of(home).toAbsolutePath(), environment);
    }
    Path start = Path.of(System.getProperty("java.class.path", ".").split(":", 2)[0]);
    for (Path at = start.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
      if (controlPlaneJars(at).stream().anyMatch(Files::isRegularFile)) {
        return new Installation(at, environment);
      }
    }
    throw new CliException(
        ExitCode.FAILED,
        "the control plane's program was not found above " + start,
        "set HAWSER_HOME to the installation, or to a checkout in which 'make build' has run");
  }

  /** Returns the command of a control plane, with its configuration as system properties. */
  List<String> controlPlane(Map<String, String> configuration) {
    Path jar =
        controlPlaneJars(home).stream()
            .filter(Files::isRegularFile)
            .findFirst()
            .orElseThrow(() -> notBuilt("the control plane"));
    List<String> command = new ArrayList<>(java("HAWSER_CONTROL_PLANE_JAVA_OPTS", "256m"));
    configuration.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }

  /** Returns the command of a gateway. */
  List<String> gateway(Path configFile) {
    List<String> command = new ArrayList<>(java("HAWSER_GATEWAY_JAVA_OPTS", "128m"));
    command.addAll(List.of("-jar", gatewayJar().toString(), "--config", configFile.toString()));
    return command;
  }

  /** Returns the command that runs this program itself once more. */
  List<String> self(List<String> arguments) {
    List<String> command = new ArrayList<>(java("HAWSER_CLI_JAVA_OPTS", "96m"));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path", "."), "dev.hawser.cli.HawserCli"));
    command.addAll(arguments);
    return command;
  }

  private List<String> java(String optionsVariable, String heap) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx" + heap,
                "-XX:+UseCompactObjectHeaders",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
    Arrays.stream(environment.getOrDefault(optionsVariable, "").split("\\s+"))
        .filter(option -> !option.isEmpty())
        .forEach(command::add);
    return command;
  }

  private static List<Path> controlPlaneJars(Path home) {
    return List.of(
        home.resolve("lib/control-plane/quarkus-run.jar"),
        home.resolve("federation/control-plane/target/quarkus-app/quarkus-run.jar"));
  }

  private Path gatewayJar() {
    Path installed = home.resolve("lib/east-west-gateway.jar");
    if (Files.isRegularFile(installed)) {
      return installed;
    }
    Path target = home.resolve("east-west-gateway/target");
    if (Files.isDirectory(target)) {
      try (Stream<Path> files = Files.list(target)) {
        return files
            .filter(f -> f.getFileName().toString().endsWith("-all.jar"))
            .findFirst()
            .orElseThrow(() -> notBuilt("the gateway"));
      } catch (IOException e) {
        throw new CliException(ExitCode.FAILED, target + " cannot be read: " + e, "", e);
      }
    }
    throw notBuilt("the gateway");
  }

  private CliException notBuilt(String what) {
    return new CliException(
        ExitCode.FAILED,
        what + "'s program is not in " + home,
        "run 'make build' there, or set HAWSER_HOME to an installation");
  }
}
