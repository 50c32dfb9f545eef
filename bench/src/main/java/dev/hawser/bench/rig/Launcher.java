package dev.hawser.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Starts processes where they belong.
 *
 * @param home the installation, or the built checkout
 * @param folder of the run: files and logs
 * @param subjectCpus cores of what is measured, as {@code taskset -c} takes them
 */
record Launcher(Path home, Path folder, String subjectCpus, int loadCpu) {
  /** Returns one that gives what is measured so many cores, the load's last. */
  Launcher with(int workers) {
    return workers == 1 ? this : new Launcher(home, folder, subjectCpus + "," + loadCpu, loadCpu);
  }

  /** Starts a process that is measured. */
  Proc subject(String name, List<String> command) throws IOException {
    return Proc.start(name, subjectCpus, logs(), Map.of(), command);
  }

  /** Starts a process that is needed and not measured. */
  Proc helper(String name, List<String> command) throws IOException {
    return Proc.start(name, Integer.toString(loadCpu), logs(), Map.of(), command);
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
