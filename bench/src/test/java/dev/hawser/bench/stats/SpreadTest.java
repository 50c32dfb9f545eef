package dev.hawser.bench.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SpreadTest {
  @Test
  void medianAndQuartilesDoNotDependOnTheOrder() {
    assertThat(Spread.of(5, 1, 4, 2, 3)).isEqualTo(new Spread(3, 2, 4));
  }

  @Test
  void betweenTwoValuesQuartilesAreInterpolated() {
    assertThat(Spread.of(1, 2)).isEqualTo(new Spread(1.5, 1.25, 1.75));
    assertThat(Spread.of(4, 1, 3, 2)).isEqualTo(new Spread(2.5, 1.75, 3.25));
  }

  @Test
  void oneValueIsAllThree() {
    assertThat(Spread.of(7)).isEqualTo(new Spread(7, 7, 7));
  }

  @Test
  void oneOutlierMovesNeitherMedianNorQuartiles() {
    assertThat(Spread.of(1, 2, 3, 4, 1000)).isEqualTo(new Spread(3, 2, 4));
  }

  @Test
  void nothingAndWhatIsNoNumberAreRefused() {
    assertThatThrownBy(Spread::of).hasMessageContaining("at least one");
    assertThatThrownBy(() -> Spread.of(1, Double.NaN)).hasMessageContaining("finite");
    assertThatThrownBy(() -> Spread.of(1, Double.NEGATIVE_INFINITY)).hasMessageContaining("finite");
  }
}
