package dev.hawser.proxy.worker;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one event loop: arming, moving and cancelling cost a few field writes, whatever the
 * number of timers, because a proxy arms several for each request and cancels nearly all of them.
 *
 * <p>A timer fires at most one tick late and never early. Only the loop's own thread may call.
 */
public final class TimerWheel {
  /** The grain of time, in nanoseconds. */
  public static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final int SLOTS = 512;

  /** Runs a task on the loop after some nanoseconds. */
  @FunctionalInterface
  public interface Pacer {
    void after(long nanos, Runnable task);
  }

  private final Pacer pacer;
  private final LongSupplier nanoTime;
  private final long origin;
  private final @Nullable Timer[] slots = new Timer[SLOTS];
  private final Timer expiring = ring();
  private final Runnable advance = this::advance;
  private long tick;
  private int armed;
  private boolean running;

  /** Makes a wheel that stands still while nothing is armed. */
  public TimerWheel(Pacer pacer, LongSupplier nanoTime) {
    this.pacer = pacer;
    this.nanoTime = nanoTime;
    this.origin = nanoTime.getAsLong();
  }

  /** Arms a timer, or moves one that is armed. */
  public void arm(Timer timer, long delayNanos) {
    if (timer.isArmed()) {
      unlink(timer);
    }
    long now = nowTick();
    if (!running) {
      running = true;
      tick = now;
      pacer.after(TICK_NANOS, advance);
    }
    long due = (nanoTime.getAsLong() - origin + Math.max(0, delayNanos)) / TICK_NANOS + 1;
    timer.due = Math.max(due, tick + 1);
    link(slot((int) (timer.due & (SLOTS - 1))), timer);
  }

  /** Cancels a timer; does nothing if it is not armed. */
  public void cancel(Timer timer) {
    if (timer.isArmed()) {
      unlink(timer);
    }
  }

  /** Returns the time that deadlines are measured by, in nanoseconds. */
  public long nanoTime() {
    return nanoTime.getAsLong();
  }

  private void advance() {
    long now = nowTick();
    while (tick < now) {
      tick++;
      expire(slot((int) (tick & (SLOTS - 1))));
    }
    if (armed > 0) {
      pacer.after(TICK_NANOS, advance);
    } else {
      running = false;
    }
  }

  /** Fires what is due; a timer of a later round stays. */
  private void expire(Timer ring) {
    Timer timer = next(ring);
    while (timer != ring) {
      Timer following = next(timer);
      if (timer.due <= tick) {
        unlink(timer);
        link(expiring, timer);
      }
      timer = following;
    }
    // One at a time from the front: a task may cancel or arm any other, also one in this ring.
    for (Timer first = next(expiring); first != expiring; first = next(expiring)) {
      unlink(first);
      first.task.run();
    }
  }

  private long nowTick() {
    return (nanoTime.getAsLong() - origin) / TICK_NANOS;
  }

  private Timer slot(int index) {
    Timer ring = slots[index];
    if (ring == null) {
      ring = ring();
      slots[index] = ring;
    }
    return ring;
  }

  private static Timer ring() {
    Timer ring = new Timer(() -> {});
    ring.next = ring;
    ring.previous = ring;
    return ring;
  }

  private static Timer next(Timer timer) {
    Timer next = timer.next;
    if (next == null) {
      throw new IllegalStateException("timer is not in a ring");
    }
    return next;
  }

  private void link(Timer ring, Timer timer) {
    Timer last = ring.previous;
    if (last == null) {
      throw new IllegalStateException("not a ring");
    }
    last.next = timer;
    timer.previous = last;
    timer.next = ring;
    ring.previous = timer;
    armed++;
  }

  private void unlink(Timer timer) {
    Timer before = timer.previous;
    Timer after = timer.next;
    if (before == null || after == null) {
      throw new IllegalStateException("timer is not armed");
    }
    before.next = after;
    after.previous = before;
    timer.previous = null;
    timer.next = null;
    armed--;
  }
}
