package dev.hawser.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Starts processes where they belong.
 *
 * @param home the built checkout
 * @param folder of the run: files and logs
 */
record Launcher(Path home, Path folder, int subjectCpu, int loadCpu) {
  /** Starts a process that is measured. */
  Proc subject(String name, List<String> command) throws IOException {
    return Proc.start(name, subjectCpu, logs(), Map.of(), command);
  }

  /** Starts a process that is needed and not measured. */
  Proc helper(String name, List<String> command) throws IOException {
    return Proc.start(name, loadCpu, logs(), Map.of(), command);
  }

  /** Writes a file of the run. */
  Path write(String name, String text) throws IOException {
    return Files.writeString(Files.createDirectories(folder).resolve(name), text);
  }

  /** Returns one of our own commands. */
  String command(String name) {
    return home.resolve("bin").resolve(name).toString();
  }

  private Path logs() throws IOException {
    return Files.createDirectories(folder.resolve("log"));
  }
}
