package dev.hawser.cli.process;

import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what {@code --registry} says. */
public final class RegistryChoice {
  private RegistryChoice() {}

  /**
   * Returns the control plane's configuration of the registries; without a choice, of files in
   * {@code services/} of the data directory, which is made.
   *
   * @param choices {@code file:DIR}, {@code consul:URL} or {@code kubernetes[:KUBECONFIG]}
   */
  public static Map<String, String> configuration(List<String> choices, Path dataDir)
      throws IOException {
    Map<String, String> configuration = new LinkedHashMap<>();
    if (choices.isEmpty()) {
      files(configuration, dataDir.resolve("services"));
    }
    for (String choice : choices) {
      int colon = choice.indexOf(':');
      String kind = colon < 0 ? choice : choice.substring(0, colon);
      String rest = colon < 0 ? "" : choice.substring(colon + 1);
      if (kind.equals("file") && !rest.isEmpty()) {
        files(configuration, Path.of(rest));
      } else if (kind.equals("consul") && rest.startsWith("http")) {
        put(configuration, "hawser.registry.consul.address", rest);
      } else if (kind.equals("kubernetes")) {
        kubernetes(configuration, rest);
      } else {
        throw new CliException(
            ExitCode.USAGE,
            "--registry: '"
                + choice
                + "' (expected: file:DIR, consul:http://HOST:PORT or kubernetes[:KUBECONFIG])",
            "");
      }
    }
    return configuration;
  }

  private static void kubernetes(Map<String, String> configuration, String kubeconfig) {
    put(configuration, "hawser.registry.kubernetes.enabled", "true");
    if (!kubeconfig.isEmpty()) {
      put(
          configuration,
          "hawser.registry.kubernetes.kubeconfig",
          Path.of(kubeconfig).toAbsolutePath().toString());
    }
  }

  private static void files(Map<String, String> configuration, Path directory) throws IOException {
    OwnFiles.directory(directory);
    put(configuration, "hawser.registry.file.directory", directory.toAbsolutePath().toString());
  }

  private static void put(Map<String, String> configuration, String key, String value) {
    if (configuration.put(key, value) != null) {
      throw new CliException(
          ExitCode.USAGE, "--registry: one kind is given twice", "a cluster has one of each kind");
    }
  }
}
