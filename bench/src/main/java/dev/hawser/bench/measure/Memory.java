package dev.hawser.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process holds in memory.
 *
 * @param rssMib all pages that it sees
 * @param pssMib the same, each page divided by how many processes share it
 */
public record Memory(double rssMib, double pssMib) {
  private static final double KIB = 1024;

  /** Reads {@code /proc/PID/smaps_rollup}. */
  public static Memory of(long pid) throws IOException {
    return parse(Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup")));
  }

  static Memory parse(List<String> lines) {
    return new Memory(kib(lines, "Rss:") / KIB, kib(lines, "Pss:") / KIB);
  }

  /** Returns the sum. */
  public Memory plus(Memory other) {
    return new Memory(rssMib + other.rssMib, pssMib + other.pssMib);
  }

  private static double kib(List<String> lines, String field) {
    for (String line : lines) {
      if (line.startsWith(field)) {
        return Double.parseDouble(line.substring(field.length()).replace("kB", "").strip());
      }
    }
    throw new IllegalArgumentException(
        "smaps_rollup: no line '" + field + "' in " + lines.size() + " lines");
  }
}
