package dev.hawser.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.engine.loop.ReadSize;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadCostTest {
  private final ReadCost cost = new ReadCost();

  private int after(int octets, long micros) {
    cost.took(octets, TimeUnit.MICROSECONDS.toNanos(micros));
    return cost.afterRead();
  }

  @Test
  void dearOctetsComeInSmallReadsAndCheapOnesInLargeOnesAgain() {
    int bound = 0;
    for (int i = 0; i < 10; i++) {
      bound = after(bound, 10);
    }
    assertThat(bound).isEqualTo(ReadSize.MOST);
    assertThat(after(64 * 1024, 300)).as("neither").isEqualTo(ReadSize.MOST);
    assertThat(after(64 * 1024, 10_000)).as("500 us of work").isEqualTo(64 * 1024 / 20);
    assertThat(after(3276, 500)).as("as it should be").isEqualTo(64 * 1024 / 20);
    assertThat(after(3276, 50)).isEqualTo(2 * 3276);
    assertThat(after(6552, 50)).isEqualTo(4 * 3276);
  }

  @Test
  void aNewConnectionGetsLittleUntilItHasShownWhatItCosts() {
    assertThat(after(100, 300)).isEqualTo(ReadCost.FIRST);
    assertThat(after(100, 10)).isEqualTo(2 * ReadCost.FIRST);
  }

  @Test
  void evenTheDearestGetSome() {
    assertThat(after(1000, 1_000_000)).isEqualTo(ReadSize.LEAST);
  }

  @Test
  void theRecordsOfOneReadCountTogether() {
    cost.took(8192, TimeUnit.MICROSECONDS.toNanos(400));
    assertThat(after(8192, 600)).isEqualTo(ReadCost.FIRST);
  }
}
