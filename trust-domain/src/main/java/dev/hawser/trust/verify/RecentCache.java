package dev.hawser.trust.verify;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map that forgets what was not used lately. Two generations: when the young one is full
 * it becomes the old one, and the old one is dropped; a hit in the old one moves it to the young.
 * Reads take no lock, and nothing is sorted or linked on the way of a handshake.
 */
final class RecentCache<K, V> {
  private final int generationSize;
  private final AtomicReference<Generations<K, V>> generations =
      new AtomicReference<>(new Generations<>());

  private record Generations<K, V>(ConcurrentMap<K, V> young, ConcurrentMap<K, V> old) {
    Generations() {
      this(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
    }
  }

  /**
   * @param size entries at most, at least 2
   */
  RecentCache(int size) {
    if (size < 2) {
      throw new IllegalArgumentException("cache size: " + size + " (expected: at least 2)");
    }
    this.generationSize = size / 2;
  }

  @Nullable V get(K key) {
    Generations<K, V> current = generations.get();
    V value = current.young.get(key);
    if (value == null) {
      value = current.old.get(key);
      if (value != null) {
        put(key, value);
      }
    }
    return value;
  }

  void put(K key, V value) {
    Generations<K, V> current = generations.get();
    if (current.young.size() >= generationSize && !current.young.containsKey(key)) {
      current = age(current);
    }
    current.young.put(key, value);
  }

  int size() {
    Generations<K, V> current = generations.get();
    return current.young.size() + current.old.size();
  }

  /** Whoever comes first ages the generations; the others find them aged. */
  private Generations<K, V> age(Generations<K, V> seen) {
    generations.compareAndSet(seen, new Generations<>(new ConcurrentHashMap<>(), seen.young));
    return generations.get();
  }
}
