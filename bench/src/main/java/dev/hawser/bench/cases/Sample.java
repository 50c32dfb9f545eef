package dev.hawser.bench.cases;

import dev.hawser.bench.load.Load;
import dev.hawser.bench.load.LoadResult;
import dev.hawser.bench.measure.CpuClock;
import dev.hawser.bench.rig.Rig;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * One subject under one load: what was done and what it cost.
 *
 * @param subjectShare of its core, by the subject
 * @param loadShare of the other core, by the load and the applications
 */
record Sample(LoadResult result, long cpuNanos, double subjectShare, double loadShare) {
  private static final long AT_THE_EDGES = 64;
  private static final double SATURATED = 0.95;
  private static final double IDLE = 0.85;

  /** Measures, and refuses what has a failure in it or measured the load. */
  static Sample take(Subject subject, Rig rig, Load load, Duration duration, long bodyBytes)
      throws CaseFailed, IOException, InterruptedException {
    Sample sample = look(subject, rig, load, duration, bodyBytes);
    if (sample.isLoadBound()) {
      throw new CaseFailed(
          String.format(
              Locale.ROOT,
              "the load was measured and not %s: load and application used %.0f %% of their core,"
                  + " the subject %.0f %% of its own",
              subject.label(),
              100 * sample.loadShare,
              100 * sample.subjectShare));
    }
    return sample;
  }

  /** Measures and refuses only what has a failure in it. */
  static Sample look(Subject subject, Rig rig, Load load, Duration duration, long bodyBytes)
      throws CaseFailed, IOException, InterruptedException {
    long self = ProcessHandle.current().pid();
    long ownBefore = CpuClock.nanos(self);
    long before = rig.cpuNanos();
    LoadResult result = load.run(rig.target(), duration);
    long cpu = rig.cpuNanos() - before;
    long loadCpu = CpuClock.nanos(self) - ownBefore + result.cpuNanos();
    Sample sample =
        new Sample(
            result, cpu, (double) cpu / result.wallNanos(), (double) loadCpu / result.wallNanos());
    sample.require(subject, rig, bodyBytes);
    return sample;
  }

  private void require(Subject subject, Rig rig, long bodyBytes) throws CaseFailed {
    if (!result.failures().isEmpty() || result.done() == 0) {
      throw new CaseFailed(
          subject.label()
              + ": "
              + result.done()
              + " good answers, and: "
              + String.join(", ", result.failures())
              + "\n"
              + rig.lastWords());
    }
    // What began before the clock or ended after it may be counted on one side only.
    if (result.bytes() < bodyBytes * (result.done() - AT_THE_EDGES)) {
      throw new CaseFailed(
          subject.label()
              + ": answers of "
              + result.bytes() / result.done()
              + " bytes (expected: bodies of "
              + bodyBytes
              + ")");
    }
  }

  /** Whether the load had no more to give while the subject had. */
  boolean isLoadBound() {
    return loadShare > SATURATED && subjectShare < IDLE;
  }

  /** Returns answers per second. */
  double rate() {
    return result.done() * 1e9 / result.wallNanos();
  }
}
