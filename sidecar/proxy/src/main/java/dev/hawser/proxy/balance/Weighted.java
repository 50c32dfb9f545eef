package dev.hawser.proxy.balance;

import org.jspecify.annotations.Nullable;

/** Things to choose from by weight. Immutable. */
final class Weighted<T> {
  private final T[] items;
  private final double[] upTo;
  private final double total;
  private final boolean equal;

  /**
   * Takes over the arrays.
   *
   * @param weights above zero, as many as items
   */
  Weighted(T[] items, double[] weights) {
    this.items = items;
    this.upTo = new double[weights.length];
    double sum = 0;
    boolean same = true;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i];
      upTo[i] = sum;
      same &= weights[i] == weights[0];
    }
    this.total = sum;
    this.equal = same;
  }

  int size() {
    return items.length;
  }

  boolean isEqual() {
    return equal;
  }

  T get(int index) {
    return items[index];
  }

  double weight(int index) {
    return index == 0 ? upTo[0] : upTo[index] - upTo[index - 1];
  }

  /**
   * Returns the index of the item at a place.
   *
   * @param place at least 0, below 1
   */
  int at(double place) {
    return find(place * total);
  }

  private int find(double wanted) {
    int low = 0;
    int high = items.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (wanted < upTo[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** Chooses by chance; costs nothing if there is no choice. */
  T choose(Rotation rotation) {
    T only = only();
    return only != null ? only : items[at(rotation.chance())];
  }

  /** Returns the index of the item that a share falls to, at least 0, below the sum of weights. */
  int atShare(double share) {
    return find(share);
  }

  /** Returns the only item, or null if there are more. */
  @Nullable T only() {
    return items.length == 1 ? items[0] : null;
  }
}
