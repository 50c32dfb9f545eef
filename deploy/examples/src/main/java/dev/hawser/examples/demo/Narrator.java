package dev.hawser.examples.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Says what happens, in the order in which it happens, and remembers what was promised and missed.
 */
final class Narrator {
  private final List<String> missed = new ArrayList<>();
  private final long start = System.nanoTime();

  void chapter(String title) {
    System.out.println();
    System.out.println("== " + title);
  }

  void says(String line) {
    System.out.printf(Locale.ROOT, "[%5.1f s] %s%n", (System.nanoTime() - start) / 1e9, line);
  }

  /** Shows a command as a person would type it. */
  void types(List<String> command) {
    System.out.println();
    says("$ " + String.join(" ", command));
  }

  void shows(String output) {
    output.lines().forEach(line -> System.out.println("          " + line));
  }

  /** States a promise and whether it was kept. */
  void promise(boolean kept, String statement) {
    says((kept ? "ok    " : "MISSED ") + statement);
    if (!kept) {
      missed.add(statement);
    }
  }

  /** Returns what was promised and not kept. */
  List<String> missed() {
    return List.copyOf(missed);
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
