package dev.hawser.cli.client;

import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which control plane is meant, and the file with its credential.
 *
 * @param address URL of its administration API
 */
public record AdminTarget(String address, Path credentialFile) {
  public static final String DEFAULT_ADDRESS = "http://127.0.0.1:15080";

  /** Where a control plane that was installed as a service keeps its data. */
  private static final String SYSTEM_DATA_DIR = "/var/lib/hawser";

  /**
   * Finds both: what is said outright wins over the environment, and that over what the data
   * directory says of itself.
   *
   * @param address value of {@code --address}, or empty
   * @param tokenFile value of {@code --token-file}, or empty
   * @param dataDir of {@code --data-dir} or {@code HAWSER_DATA_DIR}, or empty
   */
  public static AdminTarget locate(
      String address, String tokenFile, String dataDir, Map<String, String> environment) {
    Path directory = Path.of(dataDir.isEmpty() ? SYSTEM_DATA_DIR : dataDir);
    String url = first(address, environment.getOrDefault("HAWSER_ADDRESS", ""));
    if (url.isEmpty()) {
      url = first(readLine(directory.resolve("admin-address")), DEFAULT_ADDRESS);
    }
    String file = first(tokenFile, environment.getOrDefault("HAWSER_TOKEN_FILE", ""));
    return new AdminTarget(url, file.isEmpty() ? directory.resolve("admin-token") : Path.of(file));
  }

  /**
   * Reads the credential.
   *
   * @throws CliException if the file is absent, unreadable or not one line
   */
  public String credential() {
    String credential;
    try {
      credential = Files.readString(credentialFile).strip();
    } catch (NoSuchFileException e) {
      throw refused("there is no credential file " + credentialFile, e);
    } catch (IOException e) {
      throw refused("the credential file cannot be read: " + e, e);
    }
    if (credential.isEmpty() || !credential.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw refused("the file " + credentialFile + " does not hold one line of text", null);
    }
    return credential;
  }

  private static CliException refused(String message, @Nullable Throwable cause) {
    return new CliException(
        ExitCode.UNAUTHORIZED,
        message,
        "give --data-dir (or HAWSER_DATA_DIR) of the control plane, or --token-file: it keeps the"
            + " credential there as admin-token, readable by its own user alone",
        cause);
  }

  private static String readLine(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException _) {
      // Optional by design: without it the usual address is meant.
      return "";
    }
  }

  private static String first(String preferred, String other) {
    return preferred.isEmpty() ? other : preferred;
  }
}
