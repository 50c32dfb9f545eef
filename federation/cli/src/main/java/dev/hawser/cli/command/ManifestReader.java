package dev.hawser.cli.command;

import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import dev.hawser.cli.shell.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Gathers YAML documents from files, directories and the input into one stream. */
final class ManifestReader {
  private ManifestReader() {}

  static String read(Terminal terminal, List<String> sources) {
    List<String> documents = new ArrayList<>();
    for (String source : sources) {
      try {
        if (source.equals("-")) {
          documents.add(terminal.in().lines().collect(Collectors.joining("\n", "", "\n")));
        } else {
          for (Path file : files(Path.of(source))) {
            documents.add(Files.readString(file));
          }
        }
      } catch (IOException e) {
        throw new CliException(
            ExitCode.FAILED, source + " cannot be read: " + e, "check the path", e);
      }
    }
    return String.join("\n---\n", documents);
  }

  /** A directory stands for the YAML files in it, in the order of their names. */
  private static List<Path> files(Path source) throws IOException {
    if (!Files.isDirectory(source)) {
      return List.of(source);
    }
    try (Stream<Path> entries = Files.list(source)) {
      List<Path> found =
          entries
              .filter(f -> f.toString().endsWith(".yaml") || f.toString().endsWith(".yml"))
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
      if (found.isEmpty()) {
        throw new CliException(
            ExitCode.FAILED, source + " has no .yaml or .yml file in it", "check the path");
      }
      return found;
    }
  }
}
