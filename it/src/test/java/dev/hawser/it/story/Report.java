package dev.hawser.it.story;

import java.time.Duration;
import java.util.Locale;

/** Prints what a story measured, in one form, so that a log of all stories can be read for its numbers alone. */
final class Report {
  private Report() {}

  static void line(String format, Object... arguments) {
    System.out.println("STORY " + String.format(Locale.ROOT, format, arguments));
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
