package dev.hawser.bench.cases;

import dev.hawser.bench.backend.Answers;
import dev.hawser.bench.load.Load;
import dev.hawser.bench.measure.Memory;
import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.rig.Rig;
import dev.hawser.bench.rig.Task;
import dev.hawser.bench.stats.Book;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a pair's processes hold, divided by their number: idle, and after calls to a few of the
 * services that are known. Fresh processes in every round.
 *
 * @param known services in the caller's configuration
 * @param called so many of them
 */
record MemoryCase(String name, int known, int called) implements BenchCase {
  private static final Duration SETTLING = Duration.ofSeconds(3);

  @Override
  public void run(Bench bench, Plan plan, Book book, Notes notes)
      throws CaseFailed, IOException, InterruptedException {
    Task task = Task.of(Task.Shape.PAIR).knowing(known);
    List<Load> loads = new ArrayList<>();
    for (int i = 0; i < called; i++) {
      loads.add(Catalog.byHost(bench, i));
    }
    for (int round = 0; round < plan.rounds(); round++) {
      for (Subject subject : Subject.values()) {
        var started = bench.start(subject, task);
        if (started.isPresent()) {
          try (Rig rig = started.get()) {
            measure(round, subject, rig, loads, plan, book);
          }
        }
      }
    }
    notes.note(
        "MiB of one process, the mean of caller and callee; "
            + known
            + " services known, "
            + called
            + " called");
  }

  private static void measure(
      int round, Subject subject, Rig rig, List<Load> loads, Plan plan, Book book)
      throws CaseFailed, IOException, InterruptedException {
    Field.awaitListening(subject, rig);
    Thread.sleep(SETTLING);
    note(book, round, subject, rig, "idle");
    for (Load load : loads) {
      Field.awaitServing(subject, rig, load);
    }
    for (Load load : loads) {
      var _ = Sample.take(subject, rig, load, plan.round(), Answers.SMALL);
    }
    note(book, round, subject, rig, "loaded");
  }

  private static void note(Book book, int round, Subject subject, Rig rig, String when)
      throws IOException {
    Memory memory = rig.memory();
    book.note(round, subject, "rss-mib-" + when, memory.rssMib() / rig.processes());
    book.note(round, subject, "pss-mib-" + when, memory.pssMib() / rig.processes());
  }
}
