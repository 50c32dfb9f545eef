package dev.hawser.proxy.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AccessBenchmarkTest {
  private final AccessBenchmark benchmark = new AccessBenchmark();

  @Test
  void whoMayIsAllowedAndWhoMayNotIsRefused() {
    assertThat(benchmark.sameMesh()).isTrue();
    assertThat(benchmark.byTheFirst()).isTrue();
    assertThat(benchmark.byTheLast()).isTrue();
    assertThat(benchmark.refused()).isFalse();
  }
}
