package dev.hawser.examples.load;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What became of a stretch of requests.
 *
 * @param samples in the order in which they were sent
 */
public record Tally(List<Sample> samples) {
  public Tally {
    samples = List.copyOf(samples);
  }

  /** Returns how many were sent. */
  public int sent() {
    return samples.size();
  }

  /** Returns those that did not succeed. */
  public List<Sample> failed() {
    return samples.stream().filter(sample -> !sample.succeeded()).toList();
  }

  /** Returns how many answers came from each cluster. */
  public Map<String, Long> byCluster() {
    return samples.stream()
        .filter(Sample::succeeded)
        .collect(Collectors.groupingBy(Sample::cluster, TreeMap::new, Collectors.counting()));
  }

  /** Returns how many answers came from each instance. */
  public Map<String, Long> byInstance() {
    return samples.stream()
        .filter(Sample::succeeded)
        .collect(Collectors.groupingBy(Sample::instance, TreeMap::new, Collectors.counting()));
  }

  /** Returns the time that the slowest took; zero if there is none. */
  public Duration slowest() {
    return samples.stream().map(Sample::took).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  /** Returns when the first request after an instant was answered in a way. */
  public Optional<Instant> firstAfter(Instant after, Predicate<Sample> what) {
    return samples.stream()
        .filter(sample -> !sample.sent().isBefore(after) && what.test(sample))
        .map(Sample::done)
        .min(Instant::compareTo);
  }

  /** Returns those sent in the interval. */
  public Tally between(Instant from, Instant to) {
    return new Tally(
        samples.stream()
            .filter(sample -> !sample.sent().isBefore(from) && sample.sent().isBefore(to))
            .toList());
  }

  /** Returns a line for people: how many were sent, failed, and who answered. */
  @Override
  public String toString() {
    return sent()
        + " sent, "
        + failed().size()
        + " failed, answered by "
        + byCluster()
        + ", slowest "
        + slowest().toMillis()
        + " ms";
  }
}
