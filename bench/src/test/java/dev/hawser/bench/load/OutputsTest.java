package dev.hawser.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class OutputsTest {
  private static final String H2LOAD =
      """
      finished in 2.01s, 32903.50 req/s, 2.17MB/s
      requests: 65807 total, 65811 started, 65807 done, %d succeeded, %d failed, 0 errored, %d timeout
      status codes: %d 2xx, 0 3xx, 0 4xx, %d 5xx
      traffic: 4.33MB (4540683) total, 2.32MB (2434859) headers (space savings 0.00%%), 321.32KB (329035) data
      """;

  @Test
  void wrksSummaryIsReadExactly() throws IOException {
    LoadResult result =
        Wrk.parse(
            "noise\nbench requests=15636 bytes=1078884 connect=0 read=0 write=0 status=0 timeout=0"
                + " p50=94.0 p99=12480.5\n",
            7,
            9);

    assertThat(result)
        .isEqualTo(new LoadResult(15636, 1078884, java.util.List.of(), 94.0, 12480.5, 7, 9));
  }

  @Test
  void everyKindOfFailureOfWrkIsOne() throws IOException {
    LoadResult result =
        Wrk.parse(
            "bench requests=1 bytes=2 connect=1 read=2 write=3 status=4 timeout=5 p50=1.0 p99=1.0",
            0,
            0);

    assertThat(result.failures())
        .containsExactly(
            "1 connections refused or lost",
            "2 reads failed",
            "3 writes failed",
            "4 answers were not 2xx or 3xx",
            "5 requests timed out");
  }

  @Test
  void outputWithoutSummaryIsAnError() {
    assertThatThrownBy(() -> Wrk.parse("unable to connect", 0, 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("unable to connect");
    assertThatThrownBy(() -> H2load.parse("segmentation fault", 0, 0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("segmentation fault");
  }

  @Test
  void h2loadsRequestsAndBytesAreReadExactly() throws IOException {
    LoadResult result = H2load.parse(H2LOAD.formatted(65807, 0, 0, 65807, 0), 7, 9);

    assertThat(result.done()).isEqualTo(65807);
    assertThat(result.bytes()).isEqualTo(4540683);
    assertThat(result.failures()).isEmpty();
  }

  @Test
  void h2loadsFailuresAndBadStatusesAreFailures() throws IOException {
    LoadResult result = H2load.parse(H2LOAD.formatted(65800, 5, 2, 65790, 10), 0, 0);

    assertThat(result.failures())
        .containsExactly("5 requests failed", "2 requests timed out", "10 answers were 5xx");
  }

  @Test
  void latenciesOfTheLogBecomePercentiles() throws IOException {
    double[] micros =
        SteadyRate.latencies(Stream.of("1\t200\t400", "2\t200\t100", "", "3\t200\t200"));

    assertThat(micros).containsExactly(100, 200, 400);
    assertThat(SteadyRate.percentile(micros, 0.5)).isEqualTo(200);
    assertThat(SteadyRate.percentile(micros, 0.99)).isEqualTo(400);
    assertThatThrownBy(() -> SteadyRate.latencies(Stream.of("")))
        .hasMessageContaining("no request");
  }
}
