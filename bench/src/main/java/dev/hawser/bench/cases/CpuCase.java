package dev.hawser.bench.cases;

import dev.hawser.bench.load.Load;
import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.rig.Task;
import dev.hawser.bench.stats.Book;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * Processor time by what was done with it, under as much load as the subject takes. Where a subject
 * takes more than the load can give on its core, all subjects get the same steady rate instead, one
 * that the load gives with ease.
 *
 * @param loads makes the load, once the run's certificates and files are there
 * @param unit the metric is {@code cpu-us-per-UNIT}
 * @param bodyBytes of each answer
 * @param perMib whether MiB are counted and not answers
 */
record CpuCase(String name, Task task, Loads loads, String unit, long bodyBytes, boolean perMib)
    implements BenchCase {
  /** So much of what the load gives at most leaves it idle time. */
  private static final double EASE = 0.7;

  private static final double MIB = 1024 * 1024;

  /** Makes a load. */
  @FunctionalInterface
  interface Loads {
    Load make(Bench bench) throws IOException;
  }

  @Override
  public void run(Bench bench, Plan plan, Book book, Notes notes)
      throws CaseFailed, IOException, InterruptedException {
    Load full = loads.make(bench);
    Shares shares = new Shares();
    try (Field field = Field.start(bench, task, full)) {
      for (Subject subject : field.order(0)) {
        var _ = Sample.look(subject, field.rig(subject), full, plan.warmUp(), bodyBytes);
      }
      Load load = fitting(field, full, plan, notes);
      for (int round = 0; round < plan.rounds(); round++) {
        for (Subject subject : field.order(round)) {
          Sample sample = Sample.take(subject, field.rig(subject), load, plan.round(), bodyBytes);
          double units = perMib ? sample.result().done() * bodyBytes / MIB : sample.result().done();
          book.note(round, subject, "cpu-us-per-" + unit, sample.cpuNanos() / 1000.0 / units);
          shares.add(subject, sample);
        }
      }
    }
    shares.tell(notes);
  }

  private Load fitting(Field field, Load full, Plan plan, Notes notes)
      throws CaseFailed, IOException, InterruptedException {
    double slowest = Double.MAX_VALUE;
    boolean bound = false;
    for (Subject subject : field.order(0)) {
      Sample sample = Sample.look(subject, field.rig(subject), full, plan.round(), bodyBytes);
      slowest = Math.min(slowest, sample.rate());
      bound |= sample.isLoadBound();
    }
    Optional<Load> paced = full.at(slowest * EASE);
    if (!bound || paced.isEmpty()) {
      return full;
    }
    notes.note(
        String.format(
            Locale.ROOT,
            "the load's core was full before the subject's: all got %.0f answers a second, %.0f %% of"
                + " what came through the slowest",
            slowest * EASE,
            100 * EASE));
    return paced.get();
  }
}
