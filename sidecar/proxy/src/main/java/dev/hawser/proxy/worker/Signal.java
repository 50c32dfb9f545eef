package dev.hawser.proxy.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Tells those who wait on event loops that something has changed. */
public final class Signal {
  private final Workers workers;
  private final List<List<Waiter>> waiting = new ArrayList<>();

  /** Makes a signal for which nobody waits. */
  public Signal(Workers workers) {
    this.workers = workers;
    workers.all().forEach(_ -> waiting.add(new ArrayList<>()));
  }

  /** One who waits. */
  private final class Waiter {
    private final Worker worker;
    private final BooleanSupplier ready;
    private final Runnable then;
    private final Timer timer = new Timer(this::end);
    private boolean ended;

    Waiter(Worker worker, BooleanSupplier ready, Runnable then) {
      this.worker = worker;
      this.ready = ready;
      this.then = then;
    }

    void check() {
      if (!ended && ready.getAsBoolean()) {
        end();
      }
    }

    void end() {
      if (!ended) {
        ended = true;
        worker.timers().cancel(timer);
        waiting.get(worker.index()).remove(this);
        then.run();
      }
    }
  }

  /**
   * Waits; call it on the worker's loop.
   *
   * @param ready asked at each signal
   * @param limit after which the wait ends anyway
   * @param then run once, on the loop, when ready or at the limit
   */
  public void await(Worker worker, BooleanSupplier ready, Duration limit, Runnable then) {
    Waiter waiter = new Waiter(worker, ready, then);
    waiting.get(worker.index()).add(waiter);
    worker.timers().arm(waiter.timer, limit.toNanos());
    // It may have become ready between the caller's look and this line.
    waiter.check();
  }

  /** Something has changed. Safe for use by any thread. */
  public void fire() {
    workers.each(worker -> {
      for (Waiter waiter : List.copyOf(waiting.get(worker.index()))) {
        waiter.check();
      }
    });
  }
}
