package dev.hawser.it.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.examples.load.SteadyLoad;
import dev.hawser.examples.load.Tally;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Story 4: a control plane is killed, and a sidecar is started while it is away. */
@ExtendWith(WithTwoClusters.class)
final class OutageStory {
  @Test
  void aSidecarStartedDuringTheOutageServesFromDisk(TwoClusters mesh) throws InterruptedException {
    mesh.east.controlPlane().kill();
    try {
      mesh.web.proxy().kill();
      Instant started = Instant.now();
      mesh.web.proxy().restart();
      Calls.await(mesh.seenByWeb("orders"), "\"service\":\"orders\"", Duration.ofSeconds(20));
      Duration serving = Duration.between(started, Instant.now());
      Calls.await(
          mesh.seenByWeb("payments"), "\"instance\":\"payments-1\"", Duration.ofSeconds(20));

      try (SteadyLoad load = mesh.load(50)) {
        TimeUnit.SECONDS.sleep(4);
        Tally tally = load.stop();
        Report.line(
            "4 sidecar started without its control plane: serving after %s; %s",
            Report.seconds(serving), tally);
        assertThat(tally.failed()).isEmpty();
      }
    } finally {
      mesh.east.controlPlane().restart();
      mesh.east.awaitReady(Duration.ofSeconds(30));
    }
  }

  @Test
  void aControlPlaneIsReadyThoughEveryPeerIsUnreachable(TwoClusters mesh) {
    mesh.internet.cut(mesh.westSite);
    try {
      mesh.east.controlPlane().kill();
      mesh.east.controlPlane().restart();
      Duration ready = mesh.east.awaitReady(Duration.ofSeconds(30));

      Report.line(
          "4 control plane restarted with every peer unreachable: ready after %s",
          Report.seconds(ready));
      assertThat(ready).isLessThan(Duration.ofSeconds(10));
      assertThat(mesh.east.get("/v1/services")).contains("payments.shop");
    } finally {
      mesh.internet.heal(mesh.westSite);
    }
    mesh.awaitAnswer("payments", "\"instance\":\"payments-1\"", Duration.ofSeconds(40));
  }
}
