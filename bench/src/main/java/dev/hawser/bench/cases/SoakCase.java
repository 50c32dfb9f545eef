package dev.hawser.bench.cases;

import dev.hawser.bench.backend.Answers;
import dev.hawser.bench.load.Load;
import dev.hawser.bench.load.LoadResult;
import dev.hawser.bench.load.SteadyRate;
import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.rig.Rig;
import dev.hawser.bench.rig.Task;
import dev.hawser.bench.stats.Book;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Our pair under load for ten minutes, which is an hour's worth of requests: what it holds and how
 * long it takes to answer at a rate that stays the same, in the second minute, when it has warmed
 * up, and in the last. Takes as long as it says whatever the rounds are, so it is run by its name
 * only.
 */
record SoakCase(String name) implements BenchCase {
  private static final int MINUTES = 10;

  /** From 0: what comes before is warming up. */
  private static final int BEGINNING = 1;

  private static final Duration FULL = Duration.ofSeconds(50);
  private static final Duration CALM = Duration.ofSeconds(10);
  private static final int CALM_CONNECTIONS = 32;

  @Override
  public boolean isOnlyByName() {
    return true;
  }

  @Override
  public void run(Bench bench, Plan plan, Book book, Notes notes)
      throws CaseFailed, IOException, InterruptedException {
    Load full = Catalog.wrk(bench);
    Subject ours = Subject.HAWSER;
    long requests = 0;
    double rate = 0;
    // No rounds here: what is noted is noted once, in the one that always counts.
    int round = plan.rounds() - 1;
    try (Rig rig = bench.start(ours, Task.of(Task.Shape.PAIR)).orElseThrow()) {
      Field.awaitServing(ours, rig, full);
      for (int minute = 0; minute < MINUTES; minute++) {
        Sample sample = Sample.take(ours, rig, full, FULL, Answers.SMALL);
        requests += sample.result().done();
        if (minute == BEGINNING) {
          rate = sample.rate() / 2;
        }
        if (minute < BEGINNING) {
          continue;
        }
        Load half = new SteadyRate(CALM_CONNECTIONS, rate, bench.folder().resolve("soak.log"));
        LoadResult calm = Sample.take(ours, rig, half, CALM, Answers.SMALL).result();
        requests += calm.done();
        if (minute == BEGINNING || minute == MINUTES - 1) {
          String when = "-in-minute-" + (minute + 1);
          book.note(round, ours, "rss-mib" + when, rig.memory().rssMib() / rig.processes());
          book.note(round, ours, "p99-us" + when, calm.p99Micros());
          book.note(
              round,
              ours,
              "cpu-us-per-request" + when,
              sample.cpuNanos() / 1000.0 / sample.result().done());
        }
      }
    }
    notes.note(
        String.format(
            Locale.ROOT,
            "%d requests, none failed; the 99th percentile at a steady %.0f a second",
            requests,
            rate));
  }
}
