package dev.hawser.proxy.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private long now = 5;
  private @Nullable Runnable next;
  private final TimerWheel wheel = new TimerWheel((_, task) -> next = task, () -> now);
  private final List<String> fired = new ArrayList<>();

  private void pass(long millis) {
    long end = now + TimeUnit.MILLISECONDS.toNanos(millis);
    while (now < end) {
      now += TimeUnit.MILLISECONDS.toNanos(10);
      Runnable task = next;
      if (task != null) {
        next = null;
        task.run();
      }
    }
  }

  private Timer timer(String name) {
    return new Timer(() -> fired.add(name));
  }

  private static long millis(long value) {
    return TimeUnit.MILLISECONDS.toNanos(value);
  }

  @Test
  void firesInOrderNeverEarlyAndAtMostATickLate() {
    wheel.arm(timer("second"), millis(100));
    wheel.arm(timer("first"), millis(50));

    pass(40);
    assertThat(fired).isEmpty();
    pass(40);
    assertThat(fired).containsExactly("first");
    pass(60);
    assertThat(fired).containsExactly("first", "second");
  }

  @Test
  void longTimesGoRoundTheWheel() {
    wheel.arm(timer("late"), TimeUnit.SECONDS.toNanos(25));

    pass(24_900);
    assertThat(fired).isEmpty();
    pass(200);
    assertThat(fired).containsExactly("late");
  }

  @Test
  void cancelledDoesNotFireAndMovedFiresLater() {
    Timer cancelled = timer("cancelled");
    Timer moved = timer("moved");
    wheel.arm(cancelled, millis(50));
    wheel.arm(moved, millis(50));
    wheel.cancel(cancelled);
    wheel.arm(moved, millis(200));

    pass(150);
    assertThat(fired).isEmpty();
    pass(100);
    assertThat(fired).containsExactly("moved");
    assertThat(moved.isArmed()).isFalse();
  }

  @Test
  void taskMayCancelAnotherThatIsDueAtTheSameMoment() {
    Timer victim = timer("victim");
    wheel.arm(new Timer(() -> wheel.cancel(victim)), millis(50));
    wheel.arm(victim, millis(50));

    pass(200);

    assertThat(fired).isEmpty();
  }

  @Test
  void standsStillWhenNothingIsArmed() {
    wheel.arm(timer("once"), millis(20));
    pass(500);

    assertThat(next).isNull();
  }
}
