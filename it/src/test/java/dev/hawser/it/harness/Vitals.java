package dev.hawser.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process holds, by {@code /proc}.
 *
 * @param residentMiB memory
 * @param descriptors open files and sockets
 */
public record Vitals(long residentMiB, long descriptors) {
  /** Looks at a process; one that is gone fails the suite. */
  public static Vitals of(ProcessHandle process) {
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    try (Stream<Path> open = Files.list(proc.resolve("fd"));
        Stream<String> status = Files.lines(proc.resolve("status"))) {
      long kibibytes =
          status
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElseThrow(() -> new AssertionError(process + " has ended"));
      return new Vitals(kibibytes / 1024, open.count());
    } catch (IOException e) {
      throw new UncheckedIOException("process " + process.pid() + " cannot be looked at", e);
    }
  }

  /** Returns the greater of each. */
  public Vitals peak(Vitals other) {
    return new Vitals(
        Math.max(residentMiB, other.residentMiB), Math.max(descriptors, other.descriptors));
  }
}
