package dev.hawser.proxy.worker;

import io.netty.util.AsciiString;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The time of day as the {@code date} field writes it (RFC 9110 section 5.6.7), made once in a
 * second. Only the loop's own thread may call.
 */
public final class DateClock {
  private static final long MILLIS = 1000;

  /** The fixed form: two digits for the day, which {@code RFC_1123_DATE_TIME} does not write. */
  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private final InstantSource wall;
  private long second = Long.MIN_VALUE;
  private AsciiString text = AsciiString.EMPTY_STRING;

  DateClock(InstantSource wall) {
    this.wall = wall;
  }

  /** Returns the present second. */
  public AsciiString now() {
    long present = Math.floorDiv(wall.millis(), MILLIS);
    if (present != second) {
      second = present;
      text = AsciiString.of(FORM.format(Instant.ofEpochSecond(present)));
    }
    return text;
  }
}
