package dev.hawser.bench.cases;

import dev.hawser.bench.backend.Answers;
import dev.hawser.bench.load.Load;
import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.rig.Task;
import dev.hawser.bench.stats.Book;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;

/**
 * What a request costs a pair whose proxies have a worker on each of two cores. They share both
 * with the load, which is no less for one subject than for another.
 */
record CoresCase(String name) implements BenchCase {
  private static final int WORKERS = 2;

  @Override
  public void run(Bench bench, Plan plan, Book book, Notes notes)
      throws CaseFailed, IOException, InterruptedException {
    Load load = Catalog.wrk(bench);
    try (Field field = Field.start(bench, Task.of(Task.Shape.PAIR).on(WORKERS), load)) {
      for (Subject subject : field.order(0)) {
        var _ = Sample.look(subject, field.rig(subject), load, plan.warmUp(), Answers.SMALL);
      }
      for (int round = 0; round < plan.rounds(); round++) {
        for (Subject subject : field.order(round)) {
          Sample sample =
              Sample.look(subject, field.rig(subject), load, plan.round(), Answers.SMALL);
          book.note(
              round,
              subject,
              "cpu-us-per-request",
              sample.cpuNanos() / 1000.0 / sample.result().done());
        }
      }
    }
    notes.note("two workers on two cores, which the load has as well");
  }
}
