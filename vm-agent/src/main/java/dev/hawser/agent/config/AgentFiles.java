package dev.hawser.agent.config;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.hawser.trust.svid.PrivateFiles;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.stream.Stream;

/** The agent's data directory. */
public final class AgentFiles {
  private static final ObjectMapper YAML =
      new ObjectMapper(
              YAMLFactory.builder()
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final Path directory;

  public AgentFiles(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /** Returns the directory. */
  public Path directory() {
    return directory;
  }

  /** Returns the configuration's file. */
  public Path configFile() {
    return directory.resolve("agent.yaml");
  }

  /** Returns the socket by which the running agent is asked. */
  public Path socket() {
    return directory.resolve("agent.sock");
  }

  /**
   * Returns the configuration; empty if this machine has not joined.
   *
   * @throws IOException if there is one that cannot be used; the message names file, field and
   *     value
   */
  public Optional<AgentConfig> readConfig() throws IOException {
    if (!Files.exists(configFile())) {
      return Optional.empty();
    }
    try {
      return Optional.of(YAML.readValue(configFile().toFile(), AgentConfig.class));
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IOException(configFile() + ": " + e.getOriginalMessage(), e);
    }
  }

  /** Writes the configuration, 0600. */
  public void writeConfig(AgentConfig config) throws IOException {
    PrivateFiles.write(configFile(), YAML.writeValueAsBytes(config));
  }

  /** Whether the directory is absent, empty or the agent's own: only then may it be taken over. */
  public boolean isOwnOrFree() throws IOException {
    if (!Files.isDirectory(directory) || Files.exists(configFile())) {
      return !Files.exists(directory) || Files.isDirectory(directory);
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }

  /** Removes everything in the directory; the directory itself may belong to an administrator. */
  public void removeAll() throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path visited, @org.jspecify.annotations.Nullable IOException trouble)
              throws IOException {
            if (trouble != null) {
              throw trouble;
            }
            if (!visited.equals(directory)) {
              Files.delete(visited);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
