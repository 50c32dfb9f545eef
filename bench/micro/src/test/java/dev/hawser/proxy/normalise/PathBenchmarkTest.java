package dev.hawser.proxy.normalise;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;

class PathBenchmarkTest {
  private final PathBenchmark benchmark = new PathBenchmark();

  @Test
  void aPathThatHasItsFormStaysAndAnotherGetsTheSame() {
    assertThat(benchmark.plain()).isInstanceOf(PathOutcome.Unchanged.class);
    assertThat(benchmark.rewritten())
        .isEqualTo(
            new PathOutcome.Changed(new AsciiString("/v1/customers/4711/orders?lines=all&page=2")));
  }
}
