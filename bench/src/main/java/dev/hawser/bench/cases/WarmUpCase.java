package dev.hawser.bench.cases;

import dev.hawser.bench.backend.Answers;
import dev.hawser.bench.load.Load;
import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.rig.Rig;
import dev.hawser.bench.rig.Task;
import dev.hawser.bench.stats.Book;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;
import java.time.Duration;

/**
 * Processor time per request in a process's first six seconds under load, over that of its steady
 * state. Fresh processes in every round.
 */
record WarmUpCase(String name) implements BenchCase {
  private static final Duration FIRST = Duration.ofSeconds(6);
  private static final Duration BETWEEN = Duration.ofSeconds(10);

  @Override
  public void run(Bench bench, Plan plan, Book book, Notes notes)
      throws CaseFailed, IOException, InterruptedException {
    Load load = Catalog.wrk(bench);
    Load one = Catalog.wrk(bench, 1, "/");
    for (int round = 0; round < plan.rounds(); round++) {
      for (Subject subject : Subject.values()) {
        var started = bench.start(subject, Task.of(Task.Shape.PAIR));
        if (started.isPresent()) {
          try (Rig rig = started.get()) {
            Field.awaitFirstAnswer(subject, rig);
            double first = cost(subject, rig, load, FIRST);
            var _ = Sample.take(subject, rig, one, Duration.ofSeconds(1), Answers.SMALL);
            var _ = Sample.take(subject, rig, load, BETWEEN, Answers.SMALL);
            double steady = cost(subject, rig, load, plan.round());
            book.note(round, subject, "cpu-us-per-request-first-6s", first);
            book.note(round, subject, "first-6s-over-steady", first / steady);
          }
        }
      }
    }
    notes.note(
        "the first request of a process, which finds it serving, comes before the six seconds");
  }

  private static double cost(Subject subject, Rig rig, Load load, Duration duration)
      throws CaseFailed, IOException, InterruptedException {
    Sample sample = Sample.take(subject, rig, load, duration, Answers.SMALL);
    return sample.cpuNanos() / 1000.0 / sample.result().done();
  }
}
