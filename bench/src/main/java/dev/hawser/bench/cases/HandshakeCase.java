package dev.hawser.bench.cases;

import dev.hawser.bench.backend.Answers;
import dev.hawser.bench.load.ConnectionLoad;
import dev.hawser.bench.load.Load;
import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.rig.Rig;
import dev.hawser.bench.rig.Task;
import dev.hawser.bench.stats.Book;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;

/**
 * What a connection with mutual TLS costs, one request included: whole handshakes on the callee's
 * side and on the caller's, or ({@code resumed}) resumed ones beside whole ones on the callee's.
 */
record HandshakeCase(String name, boolean resumed) implements BenchCase {
  private static final String METRIC = "cpu-us-per-connection";

  @Override
  public void run(Bench bench, Plan plan, Book book, Notes notes)
      throws CaseFailed, IOException, InterruptedException {
    Load whole = load(bench, false);
    if (resumed) {
      resume(bench, plan, book, whole);
      return;
    }
    rounds(bench, Task.Shape.CALLEE, plan, book, whole, "callee-" + METRIC);
    rounds(bench, Task.Shape.CALLER_RAW, plan, book, ConnectionLoad.plain(), "caller-" + METRIC);
  }

  private static Load load(Bench bench, boolean resume) throws IOException {
    return ConnectionLoad.mutual(bench.identities().web(), bench.identities().app(), resume);
  }

  private static void rounds(
      Bench bench, Task.Shape shape, Plan plan, Book book, Load load, String metric)
      throws CaseFailed, IOException, InterruptedException {
    try (Field field = Field.start(bench, Task.of(shape), load)) {
      for (int round = 0; round < plan.rounds(); round++) {
        for (Subject subject : field.order(round)) {
          book.note(round, subject, metric, cost(subject, field.rig(subject), load, plan));
        }
      }
    }
  }

  private static void resume(Bench bench, Plan plan, Book book, Load whole)
      throws CaseFailed, IOException, InterruptedException {
    try (Field field = Field.start(bench, Task.of(Task.Shape.CALLEE), whole)) {
      for (int round = 0; round < plan.rounds(); round++) {
        for (Subject subject : field.order(round)) {
          // The sessions of one subject are nothing to another: each has a cache of its own.
          Load again = load(bench, true);
          Rig rig = field.rig(subject);
          double fresh = cost(subject, rig, whole, plan);
          double cost = cost(subject, rig, again, plan);
          book.note(round, subject, METRIC, cost);
          book.note(round, subject, "resumed-over-new", cost / fresh);
        }
      }
    }
  }

  private static double cost(Subject subject, Rig rig, Load load, Plan plan)
      throws CaseFailed, IOException, InterruptedException {
    Sample sample = Sample.take(subject, rig, load, plan.round(), Answers.SMALL);
    return sample.cpuNanos() / 1000.0 / sample.result().done();
  }
}
