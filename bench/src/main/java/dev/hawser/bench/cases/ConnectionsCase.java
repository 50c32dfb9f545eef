package dev.hawser.bench.cases;

import dev.hawser.bench.backend.Answers;
import dev.hawser.bench.load.Load;
import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.rig.Task;
import dev.hawser.bench.stats.Book;
import dev.hawser.bench.stats.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a request costs a pair at one connection, at as many as the other cases have, and at very
 * many. The ratio of the last two by subject says who bears many connections: what of it is ours
 * over another's is that subject's ratio at many over the one at few.
 */
record ConnectionsCase(String name) implements BenchCase {
  private static final int FEW = 64;
  private static final int MANY = 1000;
  private static final int[] COUNTS = {1, FEW, MANY};

  @Override
  public void run(Bench bench, Plan plan, Book book, Notes notes)
      throws CaseFailed, IOException, InterruptedException {
    List<Load> loads = new ArrayList<>();
    for (int connections : COUNTS) {
      loads.add(Catalog.wrk(bench, connections, "/"));
    }
    try (Field field = Field.start(bench, Task.of(Task.Shape.PAIR), loads.getFirst())) {
      for (Subject subject : field.order(0)) {
        for (Load load : loads) {
          var _ = Sample.look(subject, field.rig(subject), load, plan.warmUp(), Answers.SMALL);
        }
      }
      for (int round = 0; round < plan.rounds(); round++) {
        Map<Subject, Double> atFew = new HashMap<>();
        for (int i = 0; i < COUNTS.length; i++) {
          for (Subject subject : field.order(round)) {
            Sample sample =
                Sample.take(subject, field.rig(subject), loads.get(i), plan.round(), Answers.SMALL);
            double cost = sample.cpuNanos() / 1000.0 / sample.result().done();
            book.note(round, subject, "cpu-us-per-request-at-" + COUNTS[i], cost);
            if (COUNTS[i] == FEW) {
              atFew.put(subject, cost);
            } else if (COUNTS[i] == MANY) {
              book.note(
                  round,
                  subject,
                  "at-%d-over-%d".formatted(MANY, FEW),
                  cost / Objects.requireNonNull(atFew.get(subject)));
            }
          }
        }
      }
    }
  }
}
