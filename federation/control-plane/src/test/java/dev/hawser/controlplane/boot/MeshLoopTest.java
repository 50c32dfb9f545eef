package dev.hawser.controlplane.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class MeshLoopTest {
  @Test
  void changesThatComeWhileItIsBusyAreOneComputation() throws InterruptedException {
    AtomicInteger runs = new AtomicInteger();
    Semaphore gate = new Semaphore(0);
    CountDownLatch busy = new CountDownLatch(1);
    try (MeshLoop loop = new MeshLoop()) {
      loop.begin(() -> {
        runs.incrementAndGet();
        busy.countDown();
        gate.acquireUninterruptibly();
      });
      assertThat(busy.await(5, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 100; i++) {
        loop.changed();
      }
      gate.release(100);
      Awaitility.await().untilAsserted(() -> assertThat(runs).hasValue(2));
      Awaitility.await()
          .during(Duration.ofMillis(200))
          .untilAsserted(() -> assertThat(runs).hasValue(2));
    }
  }

  @Test
  void whatChangesBeforeTheBeginningIsInTheFirstComputation() {
    AtomicInteger runs = new AtomicInteger();
    try (MeshLoop loop = new MeshLoop()) {
      loop.changed();
      loop.changed();
      assertThat(runs).hasValue(0);
      loop.begin(runs::incrementAndGet);
      Awaitility.await().untilAsserted(() -> assertThat(runs).hasValue(1));
    }
  }

  @Test
  void aFailureIsTriedAgainAndDoesNotEndTheLoop() {
    AtomicInteger runs = new AtomicInteger();
    try (MeshLoop loop = new MeshLoop()) {
      loop.begin(() -> {
        if (runs.incrementAndGet() == 1) {
          throw new IllegalStateException("first try");
        }
      });
      Awaitility.await().untilAsserted(() -> assertThat(runs).hasValue(2));
    }
  }
}
