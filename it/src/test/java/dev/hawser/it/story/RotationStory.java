package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.examples.load.SteadyLoad;
import dev.hawser.examples.load.Tally;
import dev.hawser.trust.svid.SvidStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Story 12: certificates change under traffic. */
@ExtendWith(WithTwoClusters.class)
final class RotationStory {
  private static final Duration SOON = Duration.ofSeconds(30);

  @Test
  void everyLeafAndTheIntermediateChangeWithoutAFailedRequest(TwoClusters mesh) throws InterruptedException {
    List<Path> workloads = List.of(mesh.folder.resolve("web"), mesh.folder.resolve("orders-east-1"), mesh.folder.resolve("orders-east-2"));
    List<BigInteger> before = workloads.stream().map(RotationStory::serial).toList();
    BigInteger intermediate = issuer(workloads.getFirst());
    try (SteadyLoad load = mesh.load(100)) {
      Watch.until("east serves", load, Instant.now(), SOON, Watch.onlyFrom("east"));
      Instant start = Instant.now();
      mesh.east.hawser("authority", "renew");
      Awaitility.await("every workload has a leaf under the new intermediate")
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(200))
          .until(() -> workloads.stream().noneMatch(workload -> issuer(workload).equals(intermediate)));
      Duration took = Duration.between(start, Instant.now());
      Awaitility.await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
      Tally all = load.stop();

      Report.line("12 intermediate and %d leaves renewed in %s: %s", workloads.size(), Report.seconds(took), all);
      assertThat(workloads.stream().map(RotationStory::serial).toList()).doesNotContainAnyElementsOf(before);
      assertThat(all.failed()).isEmpty();
    }
  }

  private static BigInteger serial(Path workload) {
    return load(workload).leaf().getSerialNumber();
  }

  private static BigInteger issuer(Path workload) {
    return load(workload).chain().get(1).getSerialNumber();
  }

  private static dev.hawser.trust.svid.Svid load(Path workload) {
    try {
      return new SvidStore(workload).load().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
