package dev.hawser.it.story;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.time.Duration;
import java.util.Locale;

/**
 * Prints what a story measured, in one form, so that a log of all stories can be read for its
 * numbers alone.
 */
final class Report {
  private Report() {}

  @FormatMethod
  static void line(@FormatString String format, Object... arguments) {
    System.out.println("STORY " + String.format(Locale.ROOT, format, arguments));
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}
