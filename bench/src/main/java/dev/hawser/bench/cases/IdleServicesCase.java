package dev.hawser.bench.cases;

import dev.hawser.bench.load.Load;
import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.rig.Rig;
import dev.hawser.bench.rig.Task;
import dev.hawser.bench.stats.Book;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * What services add that are known and not called: the difference between a pair that knows many
 * and one that knows two, in memory and in processor time of a quiet stretch. What is less than
 * nothing is noise and counts as nothing.
 *
 * @param known services in the caller's configuration
 */
record IdleServicesCase(String name, int known) implements BenchCase {
  private static final int FEW = 2;
  private static final Duration SETTLING = Duration.ofSeconds(5);

  /** What a pair costs that does nothing. */
  private record Cost(double pssMib, double startMillis, double idleMicrosPerSecond) {}

  @Override
  public void run(Bench bench, Plan plan, Book book, Notes notes)
      throws CaseFailed, IOException, InterruptedException {
    Load load = Catalog.byHost(bench, 0);
    for (int round = 0; round < plan.rounds(); round++) {
      for (Subject subject : Subject.values()) {
        Optional<Cost> few = cost(bench, subject, FEW, load, plan);
        Optional<Cost> many = cost(bench, subject, known, load, plan);
        if (few.isPresent() && many.isPresent()) {
          Cost one = few.get();
          Cost all = many.get();
          note(book, round, subject, "pss-mib-added", all.pssMib() - one.pssMib());
          note(book, round, subject, "start-cpu-ms-added", all.startMillis() - one.startMillis());
          note(
              book,
              round,
              subject,
              "idle-cpu-us-per-s-added",
              all.idleMicrosPerSecond() - one.idleMicrosPerSecond());
        }
      }
    }
    notes.note("added to a pair by " + known + " services that nobody calls");
  }

  private static void note(Book book, int round, Subject subject, String metric, double value) {
    book.note(round, subject, metric, Math.max(0, value));
  }

  private static Optional<Cost> cost(Bench bench, Subject subject, int known, Load load, Plan plan)
      throws CaseFailed, IOException, InterruptedException {
    Optional<Rig> started = bench.start(subject, Task.of(Task.Shape.PAIR).knowing(known));
    if (started.isEmpty()) {
      return Optional.empty();
    }
    try (Rig rig = started.get()) {
      Field.awaitListening(subject, rig);
      Thread.sleep(SETTLING);
      long startNanos = rig.cpuNanos();
      double pss = rig.memory().pssMib();
      Thread.sleep(plan.round());
      double idle = (rig.cpuNanos() - startNanos) / 1000.0 / plan.round().toMillis() * 1000;
      // That it serves is asked at the end, since calls would change what is measured.
      Field.awaitServing(subject, rig, load);
      return Optional.of(new Cost(pss, startNanos / 1e6, idle));
    }
  }
}
