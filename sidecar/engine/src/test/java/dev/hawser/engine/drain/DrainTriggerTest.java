package dev.hawser.engine.drain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DrainTriggerTest {
  private final DrainTrigger trigger = new DrainTrigger(Duration.ofMillis(200));

  @Test
  void startsEveryPartOnceAndEndsWhenAllHave() {
    CompletableFuture<Void> slow = new CompletableFuture<>();
    List<Duration> started = new ArrayList<>();
    trigger.onDrain(
        "a",
        deadline -> {
          started.add(deadline);
          return slow;
        });
    trigger.onDrain(
        "b",
        deadline -> {
          started.add(deadline);
          return CompletableFuture.completedFuture(null);
        });
    assertThat(trigger.isDraining()).isFalse();
    CompletableFuture<Void> ended = trigger.begin("test");
    assertThat(trigger.isDraining()).isTrue();
    assertThat(ended).isNotDone();
    assertThat(trigger.begin("again")).isNotDone();
    assertThat(started).containsExactly(Duration.ofMillis(200), Duration.ofMillis(200));
    slow.complete(null);
    assertThat(ended).succeedsWithin(Duration.ofSeconds(1));
  }

  @Test
  void aPartThatFailsDoesNotKeepTheOthers() {
    trigger.onDrain(
        "bad",
        _ -> {
          throw new IllegalStateException("broken");
        });
    trigger.onDrain("late", _ -> CompletableFuture.failedFuture(new IllegalStateException("x")));
    assertThat(trigger.begin("test")).succeedsWithin(Duration.ofSeconds(1));
  }

  @Test
  void whoComesLateIsDrainedAtOnce() {
    assertThat(trigger.begin("test")).isCompleted();
    CompletableFuture<Duration> asked = new CompletableFuture<>();
    trigger.onDrain(
        "late",
        deadline -> {
          asked.complete(deadline);
          return asked;
        });
    assertThat(asked).isCompleted();
  }

  @Test
  void terminationWaitsForTheDrainAtMostItsDeadlineThenClosesInOrder() {
    List<String> closed = new ArrayList<>();
    trigger.onDrain("never", _ -> new CompletableFuture<>());
    Termination.run(
        trigger,
        List.<AutoCloseable>of(
            () -> closed.add("first"),
            () -> {
              throw new IllegalStateException("cannot close");
            },
            () -> closed.add("last")));
    assertThat(closed).containsExactly("first", "last");
    assertThat(trigger.isDraining()).isTrue();
  }
}
