package dev.hawser.it.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.it.harness.LoopbackMesh;
import dev.hawser.it.harness.Vitals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A mesh under attack: its processes hold little and live on, and the client beside is served. */
final class Abuse implements AutoCloseable {
  /** A proxy has 96 MiB of heap and as much beside it at most; its first load takes most of it. */
  private static final long GROWTH_MIB = 160;

  /** What a proxy may have open beyond what it had before, once the attackers are gone. */
  private static final long LEFT_OPEN = 50;

  /** Lines of metrics that a proxy may gain, some fifty for each new outcome; hosts are 100,000. */
  private static final long NEW_SERIES = 500;

  private final LoopbackMesh mesh;
  private final PlainApplication application;
  private final List<ProcessHandle> proxies;
  private GoodClient.@Nullable Report alone;

  private Abuse(LoopbackMesh mesh, PlainApplication application) {
    this.mesh = mesh;
    this.application = application;
    this.proxies =
        List.of(
            mesh.callerProxy().family().getFirst(),
            mesh.calleeProxy().family().getFirst(),
            mesh.calleesCluster().gatewayProcess());
  }

  /**
   * Starts a mesh and a first, quiet time of its client.
   *
   * @param quiet how long that is
   */
  static Abuse start(String name, Duration quiet) throws IOException {
    LoopbackMesh mesh = LoopbackMesh.asShipped(name, "http");
    PlainApplication application = PlainApplication.start(mesh.application());
    mesh.awaitServed();
    Abuse abuse = new Abuse(mesh, application);
    GoodClient.Report alone = abuse.alone(quiet);
    abuse.alone = alone;
    System.out.printf(
        "CONFORMANCE abuse, nobody attacks: %d requests, p50 %.1f ms, p99 %.1f ms%n",
        alone.requests(), millis(alone.p50()), millis(alone.p99()));
    return abuse;
  }

  private GoodClient.Report alone(Duration quiet) {
    try (GoodClient client = GoodClient.start(mesh.upstream())) {
      new Floods.Until(quiet).await();
      GoodClient.Report report = client.stop();
      assertThat(report.failures()).as("with no attack").isEmpty();
      return report;
    }
  }

  /** Returns what the client saw while nobody attacked. */
  GoodClient.Report quiet() {
    return Objects.requireNonNull(alone);
  }

  /** Lets attackers go on together for a time, and fails if anything but them comes to harm. */
  GoodClient.Report attack(Duration time, Attack.Size size, Attack... attacks) {
    List<Vitals> before = proxies.stream().map(Vitals::of).toList();
    List<Vitals> peaks = new ArrayList<>(before);
    long series = series();
    List<Long> counts = new ArrayList<>();
    GoodClient.Report report;
    try (GoodClient client = GoodClient.start(mesh.upstream())) {
      Floods.Until until = new Floods.Until(time);
      List<CompletableFuture<Long>> running = new ArrayList<>();
      for (Attack attack : attacks) {
        running.add(
            CompletableFuture.supplyAsync(() -> count(attack, size, until), Attackers::start));
      }
      watch(running, peaks);
      running.forEach(one -> counts.add(one.join()));
      report = client.stop();
    }
    long[] growth = new long[proxies.size()];
    for (int i = 0; i < growth.length; i++) {
      growth[i] = peaks.get(i).residentMiB() - before.get(i).residentMiB();
    }
    System.out.printf(
        "CONFORMANCE abuse %s %s for %d s: good client %d requests, %d failed, p50 %.1f ms, p99 %.1f ms;"
            + " memory +%d +%d +%d MiB, descriptors at most %d %d %d%n",
        List.of(attacks),
        counts,
        time.toSeconds(),
        report.requests(),
        report.failures().size(),
        millis(report.p50()),
        millis(report.p99()),
        growth[0],
        growth[1],
        growth[2],
        peaks.get(0).descriptors(),
        peaks.get(1).descriptors(),
        peaks.get(2).descriptors());
    assertThat(report.failures()).as("of the good client under %s", List.of(attacks)).isEmpty();
    assertThat(report.requests()).isPositive();
    for (int i = 0; i < attacks.length; i++) {
      assertThat(counts.get(i))
          .as("what came of %s", attacks[i])
          .isGreaterThanOrEqualTo(attacks[i].least(size, time));
    }
    assertThat(Arrays.stream(growth).max().orElseThrow()).isLessThan(GROWTH_MIB);
    assertThat(proxies).allMatch(ProcessHandle::isAlive);
    assertThat(series() - series).as("new series").isLessThan(NEW_SERIES);
    for (int i = 0; i < growth.length; i++) {
      ProcessHandle proxy = proxies.get(i);
      long most = before.get(i).descriptors() + LEFT_OPEN;
      Awaitility.await("descriptors of " + proxy + " are closed")
          .atMost(Duration.ofSeconds(30))
          .until(() -> Vitals.of(proxy).descriptors() <= most);
    }
    return report;
  }

  private long count(Attack attack, Attack.Size size, Floods.Until until) {
    try {
      return attack.against(mesh, size, until);
    } catch (IOException e) {
      throw new UncheckedIOException(attack + " was not possible", e);
    }
  }

  private void watch(List<CompletableFuture<Long>> running, List<Vitals> peaks) {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new));
    Awaitility.await("the attack is over")
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> {
          for (int i = 0; i < proxies.size(); i++) {
            peaks.set(i, peaks.get(i).peak(Vitals.of(proxies.get(i))));
          }
          return all.isDone();
        });
    try {
      all.join();
    } catch (CompletionException e) {
      throw new AssertionError("an attacker could not go on", e);
    }
  }

  private long series() {
    return mesh.callersMetrics().lines().count();
  }

  private static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }

  @Override
  public void close() {
    application.close();
    mesh.close();
  }
}
