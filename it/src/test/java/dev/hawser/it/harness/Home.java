package dev.hawser.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the built checkout is, and where a story may write. */
public final class Home {
  private Home() {}

  /** Returns the root of the checkout. */
  public static Path checkout() {
    try {
      return Path.of(System.getProperty("hawser.home", "..")).toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns one of our commands, by name. */
  public static String command(String name) {
    Path command = checkout().resolve("bin").resolve(name);
    if (!Files.isExecutable(command)) {
      throw new AssertionError(command + " is missing (expected: an executable of this checkout)");
    }
    return command.toString();
  }

  /** Makes a new folder for a story's files; it stays, for whoever asks why the story failed. */
  public static Path folder(String story) {
    try {
      return Files.createTempDirectory(
          Files.createDirectories(checkout().resolve("it/target/stories")), story + "-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the java that runs this test. */
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
