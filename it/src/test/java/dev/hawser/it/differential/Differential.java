package dev.hawser.it.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends cases to both proxies, each to one after the other, and reports what differs. */
final class Differential {
  private static final int CALLERS = 4;

  /** So many requests meet every entry; fewer need not. */
  private static final int ALL_ENTRIES = 20_000;

  private static final int SHOWN = Integer.getInteger("hawser.differential.shown", 20);

  private final String test;
  private final long seed;
  private final int count;
  private final List<Configuration> configurations;
  private final IntendedDifferences intended = new IntendedDifferences();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> kinds = new TreeMap<>();
  private final Map<String, Integer> tally = new ConcurrentSkipListMap<>();

  private Differential(String test, long seed, int count, int rounds) {
    this.test = test;
    this.seed = seed;
    this.count = count;
    this.configurations = Configurations.of(seed, rounds);
  }

  /**
   * Runs so many cases. {@code -Dhawser.differential.case=N} runs one of them alone, {@code
   * -Dhawser.differential.seed=S} others than usual.
   *
   * @param rounds how many configurations of each kind
   */
  static void run(String test, long usualSeed, int count, int rounds) throws Exception {
    long seed = Long.getLong("hawser.differential.seed", usualSeed);
    Integer only = Integer.getInteger("hawser.differential.case");
    Differential differential = new Differential(test, seed, count, rounds);
    try (Applications applications = Applications.start(6);
        Proxies proxies =
            Proxies.start("differential", differential.configurations, applications)) {
      if (only == null) {
        differential.all(proxies, applications);
        differential.report();
      } else {
        differential.one(proxies, applications, only);
      }
    }
  }

  private Case numbered(int number) {
    return Case.of(seed, number, configurations.get(number % configurations.size()));
  }

  private void one(Proxies proxies, Applications applications, int number) throws IOException {
    try (Lines lines = new Lines(proxies)) {
      Case one = numbered(number);
      Outcome envoy = lines.envoy(applications, one);
      Outcome sidecar = lines.sidecar(applications, one);
      System.out.println(text(one, envoy, sidecar, envoy.differences(sidecar)));
      System.out.println(one.configuration().routes());
      System.out.println(one.configuration().filters());
      assertThat(intended.unexplained(one, envoy, sidecar)).isEmpty();
    }
  }

  private void all(Proxies proxies, Applications applications) throws Exception {
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> callers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CALLERS; i++) {
        callers.add(
            threads.submit(() -> {
              try (Lines lines = new Lines(proxies)) {
                for (int at = next.getAndIncrement(); at < count; at = next.getAndIncrement()) {
                  compare(numbered(at), lines, applications);
                }
              }
              return null;
            }));
      }
      for (Future<?> caller : callers) {
        caller.get();
      }
    }
  }

  private void compare(Case one, Lines lines, Applications applications) throws IOException {
    Outcome envoy = lines.envoy(applications, one);
    Outcome sidecar = lines.sidecar(applications, one);
    List<Outcome.Difference> left = intended.unexplained(one, envoy, sidecar);
    synchronized (kinds) {
      String kind = one.configuration().name().replaceAll("-\\d+$", "");
      kinds.merge(kind + " " + envoy.response().status() / 100 + "xx", 1, Integer::sum);
    }
    left.forEach(difference -> tally.merge(difference.what(), 1, Integer::sum));
    if (!left.isEmpty()) {
      failures.add(text(one, envoy, sidecar, left));
    }
  }

  private void report() {
    System.out.printf(
        "CONFORMANCE differential: seed %d, %d requests, %d configurations, %d differ; %s;"
            + " intended: %s%s%n",
        seed,
        count,
        configurations.size(),
        failures.size(),
        kinds,
        intended.hits(),
        tally.isEmpty() ? "" : "; not intended: " + tally);
    failures.stream().limit(SHOWN).forEach(System.out::println);
    assertThat(failures).as("requests that are answered otherwise than by Envoy").isEmpty();
    if (count >= ALL_ENTRIES) {
      assertThat(intended.dead()).as("entries that explain nothing").isEmpty();
    }
  }

  private String text(
      Case one, Outcome envoy, Outcome sidecar, List<Outcome.Difference> differences) {
    StringBuilder out = new StringBuilder();
    out.append("DIFFERENTIAL seed ").append(seed).append(" case ").append(one.number());
    out.append(" configuration ").append(one.configuration().name());
    out.append("\n  alone: -Dit.test=").append(test).append(" -Dhawser.differential.seed=");
    out.append(seed).append(" -Dhawser.differential.case=").append(one.number());
    out.append("\n  request: ").append(one.request().method()).append(' ');
    out.append(one.request().target()).append(' ').append(one.request().fields());
    out.append("\n  envoy:   ").append(envoy).append("\n  sidecar: ").append(sidecar);
    differences.forEach(difference -> out.append("\n  differs: ").append(difference));
    return out.toString();
  }

  /** The connections of one caller. */
  private static final class Lines implements AutoCloseable {
    private final Proxies proxies;
    private final Map<String, Caller> toEnvoy = new HashMap<>();
    private final Map<String, Caller> toSidecar = new HashMap<>();

    Lines(Proxies proxies) {
      this.proxies = proxies;
    }

    Outcome envoy(Applications applications, Case one) throws IOException {
      return call(
          toEnvoy.computeIfAbsent(
              one.configuration().name(), _ -> new Caller(proxies.envoy(one.configuration()))),
          applications,
          one);
    }

    Outcome sidecar(Applications applications, Case one) throws IOException {
      return call(
          toSidecar.computeIfAbsent(
              one.configuration().name(), _ -> new Caller(proxies.sidecar(one.configuration()))),
          applications,
          one);
    }

    private static Outcome call(Caller caller, Applications applications, Case one)
        throws IOException {
      Message response = caller.call(one.request());
      return new Outcome(response, applications.take(Integer.toString(one.number())));
    }

    @Override
    public void close() throws IOException {
      for (Caller caller : toEnvoy.values()) {
        caller.close();
      }
      for (Caller caller : toSidecar.values()) {
        caller.close();
      }
    }
  }
}
