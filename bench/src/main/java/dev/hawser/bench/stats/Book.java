package dev.hawser.bench.stats;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the rounds of a case gave. Only values of the same round are ever compared: what a machine
 * gives changes from minute to minute, and the others of a round had the same minute.
 */
public final class Book {
  private final String benchCase;
  private final int dropped;
  private final Map<String, Map<Subject, Map<Integer, Double>>> values = new LinkedHashMap<>();

  /**
   * Makes an empty book.
   *
   * @param rounds how many there will be
   */
  public Book(String benchCase, int rounds) {
    this.benchCase = benchCase;
    this.dropped = dropped(rounds);
  }

  /** Returns how many first rounds do not count: two of seven, and never all of few. */
  public static int dropped(int rounds) {
    return Math.min(2, rounds / 2);
  }

  /**
   * Notes a value.
   *
   * @param round from 0
   */
  public void note(int round, Subject subject, String metric, double value) {
    if (!Double.isFinite(value) || value < 0) {
      throw new IllegalArgumentException(
          benchCase + " " + metric + ": " + value + " (expected: a number that is not negative)");
    }
    values
        .computeIfAbsent(metric, _ -> new EnumMap<>(Subject.class))
        .computeIfAbsent(subject, _ -> new LinkedHashMap<>())
        .put(round, value);
  }

  /** Returns the figures, in the order in which metrics were first noted. */
  public List<Result> results() {
    List<Result> results = new ArrayList<>();
    values.forEach((metric, bySubject) ->
        bySubject.forEach((subject, rounds) -> {
          double[] kept = kept(rounds);
          if (kept.length > 0) {
            Map<Subject, Spread> ratios = new EnumMap<>(Subject.class);
            for (Subject other : List.of(Subject.ENVOY, Subject.HAPROXY)) {
              Map<Integer, Double> theirs = bySubject.get(other);
              if (other != subject && theirs != null) {
                double[] divided = divided(rounds, theirs);
                if (divided.length > 0) {
                  ratios.put(other, Spread.of(divided));
                }
              }
            }
            results.add(new Result(benchCase, subject, metric, Spread.of(kept), ratios));
          }
        }));
    return results;
  }

  private double[] kept(Map<Integer, Double> rounds) {
    return rounds.entrySet().stream()
        .filter(entry -> entry.getKey() >= dropped)
        .mapToDouble(Map.Entry::getValue)
        .toArray();
  }

  private double[] divided(Map<Integer, Double> ours, Map<Integer, Double> theirs) {
    return ours.entrySet().stream()
        .filter(entry -> entry.getKey() >= dropped)
        .filter(entry -> theirs.getOrDefault(entry.getKey(), 0.0) > 0)
        .mapToDouble(entry -> entry.getValue() / theirs.getOrDefault(entry.getKey(), 0.0))
        .toArray();
  }
}
