package dev.hawser.engine.metrics;

/** One line, or one histogram, of a family. */
public sealed interface Series permits Counter, Gauge, Histogram {
  /**
   * Appends the lines of this series.
   *
   * @param name of the family
   * @param labels {@code a="b",c="d"} without braces, or empty
   */
  void write(StringBuilder out, String name, String labels);
}
