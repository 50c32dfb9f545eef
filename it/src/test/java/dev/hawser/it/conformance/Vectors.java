package dev.hawser.it.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hawser.it.harness.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the data of others: in {@code HAWSER_VECTORS}, else beside the checkout. */
final class Vectors {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Vectors() {}

  /** Returns a folder of the data; a missing one fails the suite. */
  static Path folder(String name) {
    String named = System.getenv("HAWSER_VECTORS");
    Path root =
        named == null || named.isEmpty()
            ? Home.checkout().resolve("../shared/vectors").normalize()
            : Path.of(named);
    Path folder = root.resolve(name);
    if (!Files.isDirectory(folder)) {
      throw new AssertionError(
          folder + " is missing (expected: test data of others; HAWSER_VECTORS names its folder)");
    }
    return folder;
  }

  /** Reads a file of JSON. */
  static JsonNode json(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
