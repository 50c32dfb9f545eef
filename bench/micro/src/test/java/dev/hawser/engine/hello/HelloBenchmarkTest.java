package dev.hawser.engine.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HelloBenchmarkTest {
  private static final Detection ASKED =
      new Detection.Sni(HelloBenchmark.NAME, List.of("h2", "http/1.1"));

  private final HelloBenchmark benchmark = new HelloBenchmark();

  @Test
  void theHelloOfBoringSslIsReadHoweverItComes() {
    assertThat(benchmark.atOnce()).isEqualTo(ASKED);
    assertThat(benchmark.inPieces()).isEqualTo(ASKED);
    assertThat(benchmark.plaintext()).isEqualTo(Detection.NOT_TLS);
  }

  @Test
  void aSecondRunMeasuresTheSame() {
    assertThat(benchmark.atOnce()).isEqualTo(benchmark.atOnce());
    assertThat(benchmark.inPieces()).isEqualTo(benchmark.inPieces());
  }
}
