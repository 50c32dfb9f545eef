package dev.hawser.proxy.balance;

import java.util.SplittableRandom;

/** One worker's place in the order of an upstream's endpoints. Only that worker may use it. */
public final class Rotation {
  /** Steps of this size fall evenly into any interval (the golden ratio's fraction). */
  private static final double STEP = 0.618033988749895;

  private final SplittableRandom random;
  private int count;
  private double place;

  /** Begins at a random place, so that many proxies do not all begin with the same endpoint. */
  public Rotation(SplittableRandom random) {
    this.random = random;
    this.count = random.nextInt(1 << 16);
    this.place = random.nextDouble();
  }

  int nextIndex(int size) {
    count = (count + 1) & Integer.MAX_VALUE;
    return count % size;
  }

  double nextPlace() {
    place += STEP;
    if (place >= 1) {
      place -= 1;
    }
    return place;
  }

  /** Returns any number, for a request that has no hash. */
  long number() {
    return random.nextLong();
  }

  double chance() {
    return random.nextDouble();
  }
}
