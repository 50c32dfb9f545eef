package dev.hawser.cli.output;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Lengths of time as people say them: {@code 12s}, {@code 3m}, {@code 5h}, {@code 2d}. */
public final class Ages {
  private Ages() {}

  /** Returns the time from one instant to a later one; empty if the first is unknown. */
  public static String between(@Nullable Instant from, Instant to) {
    return from == null ? "" : text(Duration.between(from, to));
  }

  /** Returns the length in its largest whole unit, two units where one would be too coarse. */
  public static String text(Duration length) {
    long seconds = Math.max(0, length.toSeconds());
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 7200) {
      return seconds / 60 + "m";
    }
    return seconds < 172_800 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }
}
