package dev.hawser.proxy.worker;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for by name once somebody needs it. Reading is safe for any thread; one thread
 * changes.
 *
 * @param <T> what is found
 */
public final class OnDemand<T> {
  /**
   * Names that callers may make us ask for. For one more another is given up that nobody serves; if
   * each of them is served it is answered as unknown.
   */
  private static final int MAX_NAMES = 2000;

  /** How many are looked at for one that can be given up. */
  private static final int MAX_LOOKS = 64;

  /**
   * What is known about a name that was asked for.
   *
   * @param <T> what is found
   */
  public sealed interface Known<T> {
    /** It has been asked for and not been answered. */
    record Awaited<T>() implements Known<T> {}

    /** There is none. */
    record Absent<T>() implements Known<T> {}

    record Found<T>(T value) implements Known<T> {}
  }

  private final Known<T> awaited = new Known.Awaited<>();
  private final Known<T> absent = new Known.Absent<>();
  private final Map<String, Known<T>> names = new ConcurrentHashMap<>();
  private final Queue<String> inOrder = new ConcurrentLinkedQueue<>();
  private final Asking asking;

  /** Makes one that knows nothing. */
  public OnDemand(Asking asking) {
    this.asking = asking;
  }

  /** Returns what is known about a name, asking for it if nobody has. */
  public Known<T> get(String name) {
    Known<T> known = names.get(name);
    if (known != null) {
      return known;
    }
    if (names.size() >= MAX_NAMES && !giveOneUp()) {
      return absent;
    }
    if (names.putIfAbsent(name, awaited) == null) {
      inOrder.add(name);
      asking.ask(name);
    }
    return names.getOrDefault(name, awaited);
  }

  /** Forgets the one that was asked for first of those that nobody serves. */
  private boolean giveOneUp() {
    for (int i = 0; i < MAX_LOOKS; i++) {
      String oldest = inOrder.poll();
      if (oldest == null) {
        return false;
      }
      Known<T> known = names.get(oldest);
      if (known instanceof Known.Found) {
        inOrder.add(oldest);
      } else if (known != null && names.remove(oldest, known)) {
        asking.forget(oldest);
        return true;
      }
    }
    return false;
  }

  /** Returns what was found by a name, or null; asks for nothing. */
  public @Nullable T found(String name) {
    return names.get(name) instanceof Known.Found<T>(T value) ? value : null;
  }

  /** Takes what was asked for, or its next version; or what was known before this process was. */
  public void put(String name, T value) {
    if (names.put(name, new Known.Found<>(value)) == null) {
      inOrder.add(name);
      asking.ask(name);
    }
  }

  /** It does not exist, or no more; it is still asked for, and may come. */
  public void remove(String name) {
    names.computeIfPresent(name, (_, _) -> absent);
  }

  /** Returns all that was found. */
  public List<T> found() {
    return names.values().stream()
        .filter(Known.Found.class::isInstance)
        .map(known -> ((Known.Found<T>) known).value())
        .toList();
  }

  /** Returns what was asked for, with what is known, for people. */
  public Map<String, Known<T>> asked() {
    return Map.copyOf(names);
  }
}
