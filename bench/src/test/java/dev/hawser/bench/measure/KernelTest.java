package dev.hawser.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KernelTest {
  @Test
  void clockOfAProcessAdvancesWithItsWorkAndAgreesWithTheJdk() {
    long self = ProcessHandle.current().pid();
    long before = CpuClock.nanos(self);
    long work = 0;
    while (CpuClock.nanos(self) == before) {
      work++;
    }
    long jdk = ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();

    assertThat(work).isGreaterThanOrEqualTo(0);
    // The JDK counts in ticks of ten milliseconds, and reads a little later than we did.
    assertThat(CpuClock.nanos(self)).isGreaterThan(before).isGreaterThanOrEqualTo(jdk - 20_000_000);
  }

  @Test
  void clockOfNobodyIsAnError() {
    assertThatThrownBy(() -> CpuClock.nanos(Integer.MAX_VALUE >> 4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has it ended?");
  }

  @Test
  void memoryIsReadFromTheRollup() {
    Memory memory =
        Memory.parse(
            List.of(
                "55db9432a000-7ffc0835a000 ---p 00000000 00:00 0    [rollup]",
                "Rss:                2048 kB",
                "Pss:                 512 kB",
                "Pss_Dirty:           112 kB"));

    assertThat(memory).isEqualTo(new Memory(2, 0.5));
    assertThat(memory.plus(memory)).isEqualTo(new Memory(4, 1));
    assertThatThrownBy(() -> Memory.parse(List.of("Rss: 1 kB"))).hasMessageContaining("'Pss:'");
  }

  @Test
  void ownMemoryIsThere() throws IOException {
    assertThat(Memory.of(ProcessHandle.current().pid()).rssMib()).isGreaterThan(1);
  }
}
