package dev.hawser.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
  @Test
  void oneWorkerPerCoreUnlessAsked() throws ConfigException {
    RunOptions usual = RunOptions.CommandLine.parse("--config", "f").options();
    RunOptions asked =
        RunOptions.CommandLine.parse(
                "-c", "f", "--concurrency", "3", "--drain-time-s", "60", "--take-over")
            .options();

    assertThat(usual.workers()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(usual.takeOver()).isFalse();
    assertThat(asked).isEqualTo(new RunOptions(3, Duration.ofSeconds(60), true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--config f --concurrency two|--concurrency: 'two' (expected: 0-1024)",
        "--config f --concurrency -1|--concurrency: '-1' (expected: 0-1024)",
        "--config f --drain-time-s|--drain-time-s: no value",
        "--concurrency 1|--config: absent",
        "--config f --wrong|--wrong: unknown",
      })
  void slipIsNamed(String line, String message) {
    assertThatThrownBy(() -> RunOptions.CommandLine.parse(line.split(" ", -1)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
