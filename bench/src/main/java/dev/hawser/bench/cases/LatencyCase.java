package dev.hawser.bench.cases;

import dev.hawser.bench.backend.Answers;
import dev.hawser.bench.load.Load;
import dev.hawser.bench.load.LoadResult;
import dev.hawser.bench.load.SteadyRate;
import dev.hawser.bench.load.Target;
import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.rig.Rig;
import dev.hawser.bench.rig.Task;
import dev.hawser.bench.stats.Book;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;

/**
 * What a pair adds to the latency of an application: the median at one connection, less that of the
 * application without a proxy in the same round; and at half of the rate that the subject can take,
 * the 99th percentile over the median.
 */
record LatencyCase(String name) implements BenchCase {
  private static final int CONNECTIONS = 32;

  @Override
  public void run(Bench bench, Plan plan, Book book, Notes notes)
      throws CaseFailed, IOException, InterruptedException {
    Load full = Catalog.wrk(bench, CONNECTIONS, "/");
    Load one = Catalog.wrk(bench, 1, "/");
    Target direct =
        Target.plain(
            dev.hawser.bench.backend.Backends.HOST, dev.hawser.bench.backend.Backends.HTTP1);
    try (Field field = Field.start(bench, Task.of(Task.Shape.PAIR), full)) {
      for (int round = 0; round < plan.rounds(); round++) {
        double bare = one.run(direct, plan.round()).p50Micros();
        for (Subject subject : field.order(round)) {
          Rig rig = field.rig(subject);
          LoadResult single = Sample.take(subject, rig, one, plan.round(), Answers.SMALL).result();
          book.note(round, subject, "added-p50-us", Math.max(0, single.p50Micros() - bare));
          double rate = Sample.take(subject, rig, full, plan.round(), Answers.SMALL).rate() / 2;
          Load half = new SteadyRate(CONNECTIONS, rate, bench.folder().resolve("latency.log"));
          LoadResult calm = Sample.take(subject, rig, half, plan.round(), Answers.SMALL).result();
          book.note(round, subject, "half-load-p50-us", calm.p50Micros());
          book.note(round, subject, "half-load-p99-over-p50", calm.p99Micros() / calm.p50Micros());
        }
      }
    }
    notes.note("half load is half of what the subject itself has just done with 32 connections");
  }
}
