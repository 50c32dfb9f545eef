package dev.hawser.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hawser.bench.stats.Result;
import dev.hawser.bench.stats.Spread;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ReportsTest {
  private static final List<Result> RESULTS =
      List.of(
          new Result(
              "h1-1k",
              Subject.HAWSER,
              "cpu-us-per-request",
              new Spread(55.24, 54, 56),
              Map.of(
                  Subject.HAPROXY, new Spread(1.3, 1.2, 1.4),
                  Subject.ENVOY, new Spread(0.36, 0.35, 0.37))),
          new Result(
              "h1-1k", Subject.ENVOY, "cpu-us-per-request", new Spread(153, 150, 160), Map.of()));

  @Test
  void machinesFindCaseSubjectMetricAndRatios() throws IOException {
    JsonNode list = new ObjectMapper().readTree(JsonReport.of(RESULTS));

    assertThat(list.size()).isEqualTo(2);
    JsonNode ours = list.get(0);
    assertThat(ours.path("case").asText()).isEqualTo("h1-1k");
    assertThat(ours.path("subject").asText()).isEqualTo("hawser");
    assertThat(ours.path("metric").asText()).isEqualTo("cpu-us-per-request");
    assertThat(ours.path("median").asDouble()).isEqualTo(55.24);
    assertThat(ours.path("low").asDouble()).isEqualTo(54);
    assertThat(ours.path("high").asDouble()).isEqualTo(56);
    assertThat(ours.path("ratios").path("envoy").path("median").asDouble()).isEqualTo(0.36);
    assertThat(ours.path("ratios").path("haproxy").path("high").asDouble()).isEqualTo(1.4);
    assertThat(list.get(1).path("ratios").isEmpty()).isTrue();
  }

  @Test
  void peopleFindColumnsInLine() {
    List<String> lines = TableReport.of(RESULTS).lines().toList();

    assertThat(lines).hasSize(4).allMatch(line -> line.length() == lines.getFirst().length());
    assertThat(lines.get(2)).contains("55.2", "0.36 [0.35–0.37]", "1.30 [1.20–1.40]");
  }
}
