package dev.hawser.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs what JMH made of the benchmarks, once each; how long that takes says nothing here. */
class EveryBenchmarkTest {
  private static final Path SOURCES = Path.of("src/test/java");

  @BeforeAll
  static void leaveAMeasurementThatRunsMeanwhileAlone() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  private static List<Class<?>> benchmarks() throws IOException, ClassNotFoundException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(SOURCES)) {
      files = all.filter(file -> file.toString().endsWith("Benchmark.java")).sorted().toList();
    }
    List<Class<?>> classes = new ArrayList<>();
    for (Path file : files) {
      String name = SOURCES.relativize(file).toString().replace(".java", "").replace('/', '.');
      classes.add(Class.forName(name));
    }
    return classes;
  }

  private static Set<String> methods() throws IOException, ClassNotFoundException {
    return benchmarks().stream()
        .flatMap((Class<?> one) ->
            Arrays.stream(one.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .map(method -> one.getName() + "." + method.getName()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void eachOneRunsUnderJmh() throws Exception {
    Collection<RunResult> results = runAll();

    assertThat(results)
        .extracting(result -> result.getParams().getBenchmark())
        .containsExactlyInAnyOrderElementsOf(methods());
  }

  private static Collection<RunResult> runAll() throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .mode(Mode.SingleShotTime)
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build())
        .run();
  }

  @Test
  void eachClassHasATestOfWhatItComputes() throws Exception {
    assertThat(benchmarks())
        .isNotEmpty()
        .allSatisfy(one ->
            assertThat(SOURCES.resolve(one.getName().replace('.', '/') + "Test.java")).exists());
  }
}
