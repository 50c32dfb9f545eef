package dev.hawser.cli.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says to whoever started a cluster in the background that it is up. */
final class ReadyFile {
  private final Path file;

  ReadyFile(Path dataDir) {
    this.file = dataDir.resolve("run/ready");
  }

  void write() throws IOException {
    OwnFiles.write(file, ProcessHandle.current().pid() + "\n");
  }

  boolean exists() {
    return Files.exists(file);
  }

  void remove() throws IOException {
    Files.deleteIfExists(file);
  }
}
