package dev.hawser.trust.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RecentCacheTest {
  @Test
  void neverHoldsMoreThanItsSize() {
    RecentCache<Integer, Integer> cache = new RecentCache<>(100);
    for (int i = 0; i < 10_000; i++) {
      cache.put(i, i);
      assertThat(cache.size()).isLessThanOrEqualTo(100);
    }
  }

  @Test
  void whatIsUsedStaysAndWhatIsNotGoes() {
    RecentCache<String, Integer> cache = new RecentCache<>(100);
    cache.put("used", 1);
    cache.put("unused", 2);
    for (int i = 0; i < 1000; i++) {
      cache.put("stranger " + i, i);
      assertThat(cache.get("used")).isEqualTo(1);
    }
    assertThat(cache.get("unused")).isNull();
  }

  @Test
  void sizeBelowTwoIsRefused() {
    assertThatThrownBy(() -> new RecentCache<>(1)).hasMessageContaining("1");
  }
}
