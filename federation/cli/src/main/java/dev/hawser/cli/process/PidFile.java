package dev.hawser.cli.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Remembers a process by its id and its start, so that another process which got the same id later
 * is never mistaken for it.
 */
final class PidFile {
  private final Path file;

  PidFile(Path file) {
    this.file = file;
  }

  static PidFile ofCluster(Path dataDir) {
    return new PidFile(dataDir.resolve("run/cluster.pid"));
  }

  void write(ProcessHandle process) throws IOException {
    OwnFiles.write(file, process.pid() + "\n" + start(process) + "\n");
  }

  /** Returns the process if it is still the one that was written. */
  Optional<ProcessHandle> alive() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    try {
      return ProcessHandle.of(Long.parseLong(lines.getFirst()))
          .filter(ProcessHandle::isAlive)
          .filter(process -> lines.size() > 1 && start(process).equals(lines.get(1)));
    } catch (NumberFormatException e) {
      throw new IOException(file + " is damaged: '" + lines.getFirst() + "' is no process id", e);
    }
  }

  void remove() throws IOException {
    Files.deleteIfExists(file);
  }

  private static String start(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("");
  }
}
