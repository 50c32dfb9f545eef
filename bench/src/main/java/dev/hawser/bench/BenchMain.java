package dev.hawser.bench;

import dev.hawser.bench.cases.BenchCase;
import dev.hawser.bench.cases.CaseFailed;
import dev.hawser.bench.cases.Catalog;
import dev.hawser.bench.cases.Plan;
import dev.hawser.bench.report.JsonReport;
import dev.hawser.bench.report.TableReport;
import dev.hawser.bench.rig.Bench;
import dev.hawser.bench.stats.Book;
import dev.hawser.bench.stats.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Measures the cases that are asked for, prints a table and writes {@code target/bench.json}. */
public final class BenchMain {
  private BenchMain() {}

  /** Exit code 0: all measured; 1: a case failed; 2: the command line is wrong. */
  public static void main(String[] args) throws IOException, InterruptedException {
    try {
      Options options = Options.parse(args);
      System.exit(run(options, chosen(options.cases())) ? 0 : 1);
    } catch (IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(2);
    }
  }

  private static List<BenchCase> chosen(List<String> names) {
    List<BenchCase> all = Catalog.all();
    List<String> known = all.stream().map(BenchCase::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException("case '" + name + "' (expected: one of " + known + ")");
      }
    }
    return all.stream()
        .filter(it -> names.isEmpty() ? !it.isOnlyByName() : names.contains(it.name()))
        .toList();
  }

  private static boolean run(Options options, List<BenchCase> cases)
      throws IOException, InterruptedException {
    Path target = options.home().resolve("target");
    Plan plan = new Plan(options.rounds(), Duration.ofSeconds(options.seconds()));
    List<Result> results = new ArrayList<>();
    List<String> failures = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    try (Bench bench =
        new Bench(
            options.installation(),
            fresh(target.resolve("bench")),
            options.subjectCpu(),
            options.loadCpu())) {
      for (BenchCase each : cases) {
        System.out.println(each.name() + " ...");
        Book book = new Book(each.name(), plan.rounds());
        try {
          each.run(bench, plan, book, sentence -> notes.add(each.name() + ": " + sentence));
          results.addAll(book.results());
          System.out.print(TableReport.of(book.results()));
        } catch (CaseFailed | IOException e) {
          // A case that failed has no figures; the others do.
          failures.add(each.name() + ": " + e.getMessage());
          System.out.println("FAILED " + failures.getLast());
        }
        Files.writeString(target.resolve("bench.json"), JsonReport.of(results));
      }
    }
    System.out.println();
    System.out.println(
        plan.rounds()
            + " rounds of "
            + plan.round().toSeconds()
            + " s for each subject, the first "
            + Book.dropped(plan.rounds())
            + " dropped; low and high are quartiles, ratios are taken round by round");
    System.out.print(TableReport.of(results));
    notes.forEach(System.out::println);
    failures.forEach(failure -> System.out.println("FAILED " + failure));
    return failures.isEmpty();
  }

  /** Makes an empty folder, in place of what an earlier run left there. */
  private static Path fresh(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> old = Files.walk(folder)) {
        for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    return Files.createDirectories(folder);
  }
}
