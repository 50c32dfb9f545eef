package dev.hawser.proxy.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DateClockTest {
  private final AtomicReference<Instant> time = new AtomicReference<>(Instant.EPOCH);
  private final DateClock clock = new DateClock(time::get);

  @Test
  void writesTheExampleOfTheRfc() {
    time.set(Instant.parse("1994-11-06T08:49:37.999Z"));
    assertThat(clock.now().toString()).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
  }

  @Test
  void makesOneTextForEachSecondWhicheverWayTheClockGoes() {
    time.set(Instant.ofEpochMilli(5_000));
    AsciiString first = clock.now();
    time.set(Instant.ofEpochMilli(5_999));
    assertThat((Object) clock.now()).isSameAs(first);
    time.set(Instant.ofEpochMilli(4_999));
    assertThat(clock.now().toString()).isEqualTo("Thu, 01 Jan 1970 00:00:04 GMT");
  }
}
