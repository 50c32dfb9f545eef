package dev.hawser.bench.load;

import java.util.List;

/**
 * What a load did.
 *
 * @param done answers that came whole and good
 * @param bytes of all answers, heads included
 * @param failures in words, empty if all is well; one is enough to make a case fail
 * @param p50Micros latency; 0 where the load does not say it
 * @param cpuNanos what the load itself took
 * @param wallNanos from its start to its end
 */
public record LoadResult(
    long done,
    long bytes,
    List<String> failures,
    double p50Micros,
    double p99Micros,
    long cpuNanos,
    long wallNanos) {
  public LoadResult {
    failures = List.copyOf(failures);
  }
}
