package dev.hawser.it.differential;

import java.util.List;
import java.util.Random;

/** Choices by chance, the same for the same seed. For one thread. */
final class Dice {
  private final Random random;

  Dice(Random random) {
    this.random = random;
  }

  /** Returns one of them. */
  @SafeVarargs
  @SuppressWarnings("varargs")
  final <T> T of(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  <T> T of(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** Returns true so many times of a hundred. */
  boolean percent(int chance) {
    return random.nextInt(100) < chance;
  }

  /** Returns a number from 0 to below the bound. */
  int below(int bound) {
    return random.nextInt(bound);
  }
}
