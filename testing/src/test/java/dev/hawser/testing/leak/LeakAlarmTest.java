package dev.hawser.testing.leak;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class LeakAlarmTest {
  @Test
  void aBufferThatIsDroppedIsFoundWithThePlaceThatTouchedItLast() {
    dropOne();
    List<String> found = new ArrayList<>();
    Awaitility.await("the collector has seen it")
        .atMost(Duration.ofSeconds(20))
        .until(() -> {
          System.gc();
          PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
          found.addAll(LeakAlarm.takeFound());
          return !found.isEmpty();
        });
    assertThat(found).hasSize(1);
    assertThat(found.getFirst()).contains("ByteBuf").contains("dropOne");
  }

  @Test
  void aBufferThatIsReleasedIsNot() {
    PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
    System.gc();
    PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
    assertThat(LeakAlarm.takeFound()).isEmpty();
  }

  private static void dropOne() {
    ByteBuf lost = PooledByteBufAllocator.DEFAULT.directBuffer(16);
    lost.writeLong(1);
  }
}
