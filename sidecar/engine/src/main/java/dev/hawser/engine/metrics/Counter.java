package dev.hawser.engine.metrics;

import java.util.concurrent.atomic.LongAdder;

/** A number that only grows. */
public final class Counter implements Series {
  private final LongAdder value = new LongAdder();

  Counter() {}

  /** Adds one. */
  public void increment() {
    value.increment();
  }

  /** Adds {@code amount}, which must not be negative. */
  public void add(long amount) {
    value.add(amount);
  }

  /** Returns the sum so far. */
  public long value() {
    return value.sum();
  }

  @Override
  public void write(StringBuilder out, String name, String labels) {
    Lines.append(out, name, labels).append(value()).append('\n');
  }
}
