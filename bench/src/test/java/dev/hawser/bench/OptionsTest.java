package dev.hawser.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class OptionsTest {
  @Test
  void withoutOptionsAllCasesAreMeasuredInSevenRounds() {
    Options options = Options.parse("--cases", "");

    assertThat(options.cases()).isEmpty();
    assertThat(options.rounds()).isEqualTo(7);
  }

  @Test
  void casesAreSeparatedBySpaces() {
    Options options = Options.parse("--cases", "h1-1k  sni-1m", "--rounds", "3");

    assertThat(options.cases()).containsExactly("h1-1k", "sni-1m");
    assertThat(options.rounds()).isEqualTo(3);
  }

  @Test
  void whatCannotBeObeyedIsNamed() {
    assertThatThrownBy(() -> Options.parse("--rounds", "none"))
        .hasMessage("--rounds: 'none' (expected: 1-1000)");
    assertThatThrownBy(() -> Options.parse("--rounds")).hasMessageContaining("no value");
    assertThatThrownBy(() -> Options.parse("--fast", "yes")).hasMessageContaining("--fast");
  }
}
