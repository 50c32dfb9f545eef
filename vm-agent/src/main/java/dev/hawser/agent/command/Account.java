package dev.hawser.agent.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A user of this machine, as the kernel knows it.
 *
 * @param user its number
 * @param group the number of its first group
 */
record Account(long user, long group) {
  /** Returns the owner of a path; of one that is not there, who runs this. */
  static Account ownerOf(Path path) throws IOException {
    Path known = Files.exists(path) ? path : Path.of("/proc/self");
    return new Account(attribute(known, "unix:uid"), attribute(known, "unix:gid"));
  }

  /**
   * Finds a user by name or number.
   *
   * @param option that gave it, for errors
   */
  static Account ofUser(String option, String text) throws IOException {
    if (isNumber(text)) {
      return new Account(Long.parseLong(text), Long.parseLong(text));
    }
    String[] fields = entry(option, "passwd", text);
    return new Account(Long.parseLong(fields[2]), Long.parseLong(fields[3]));
  }

  /** Finds a group by name or number. */
  static long group(String option, String text) throws IOException {
    return isNumber(text) ? Long.parseLong(text) : Long.parseLong(entry(option, "group", text)[2]);
  }

  private static long attribute(Path path, String name) throws IOException {
    return Integer.toUnsignedLong((Integer) Files.getAttribute(path, name));
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= 10
        && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
  }

  /** Asks the host's name service, which knows more than its files. */
  private static String[] entry(String option, String database, String name) throws IOException {
    Process process =
        new ProcessBuilder(List.of("getent", database, name)).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String line =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    String[] fields = line.split(":", -1);
    if (fields.length < 4 || !fields[0].equals(name)) {
      throw new AgentException(
          AgentExit.USAGE,
          option
              + ": '"
              + name
              + "' (expected: a "
              + database
              + " entry of this machine, or a number)",
          "see 'getent " + database + "'");
    }
    return fields;
  }
}
