package dev.hawser.engine.metrics;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** A number that goes up and down. */
public final class Gauge implements Series {
  private final LongAdder value = new LongAdder();
  private volatile @Nullable DoubleSupplier source;

  Gauge() {}

  /** Adds one. */
  public void increment() {
    value.increment();
  }

  /** Takes one away. */
  public void decrement() {
    value.decrement();
  }

  /** Sets a whole number; not to be mixed with {@link #increment()} by other threads. */
  public void set(long amount) {
    value.reset();
    value.add(amount);
  }

  /** From now on the value is read from the source at each scrape. */
  public void read(DoubleSupplier from) {
    source = from;
  }

  /** Returns the present value. */
  public double value() {
    DoubleSupplier from = source;
    return from == null ? value.sum() : from.getAsDouble();
  }

  @Override
  public void write(StringBuilder out, String name, String labels) {
    Lines.number(Lines.append(out, name, labels), value()).append('\n');
  }
}
