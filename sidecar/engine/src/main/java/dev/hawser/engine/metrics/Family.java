package dev.hawser.engine.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * All series of one name.
 *
 * @param <S> their kind
 */
public final class Family<S extends Series> {
  private static final String OVERFLOW = "other";

  private final String name;
  private final String help;
  private final String type;
  private final String[] labels;
  private final Supplier<S> maker;
  private final Map<List<String>, Entry<S>> series = new ConcurrentHashMap<>();

  private record Entry<S>(String labels, S series) {}

  Family(String name, String help, String type, String[] labels, Supplier<S> maker) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.labels = labels.clone();
    this.maker = maker;
  }

  String name() {
    return name;
  }

  boolean sameShape(Family<?> other) {
    return type.equals(other.type) && Arrays.equals(labels, other.labels);
  }

  /**
   * Returns the series with these label values, made if it is new and the family has room.
   *
   * @throws IllegalArgumentException if there are more or fewer values than labels
   */
  public S with(String... values) {
    if (values.length != labels.length) {
      throw new IllegalArgumentException(
          "metric "
              + name
              + ": "
              + values.length
              + " label values (expected: "
              + labels.length
              + " for "
              + Arrays.toString(labels)
              + ")");
    }
    Entry<S> present = series.get(Arrays.asList(values));
    if (present != null) {
      return present.series();
    }
    String[] kept = values.clone();
    if (series.size() >= Metrics.MAX_SERIES) {
      Arrays.fill(kept, OVERFLOW);
    }
    return series
        .computeIfAbsent(List.of(kept), _ -> new Entry<>(Lines.labels(labels, kept), maker.get()))
        .series();
  }

  /** Forgets a series, for labels that name something that is gone. */
  public void remove(String... values) {
    series.remove(Arrays.asList(values));
  }

  void write(StringBuilder out) {
    if (series.isEmpty()) {
      return;
    }
    out.append("# HELP ").append(name).append(' ').append(help.replace("\n", " ")).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    series.values().stream()
        .sorted((a, b) -> a.labels().compareTo(b.labels()))
        .forEach(entry -> entry.series().write(out, name, entry.labels()));
  }

  @Override
  public String toString() {
    return type + " " + name + Arrays.toString(labels);
  }
}
