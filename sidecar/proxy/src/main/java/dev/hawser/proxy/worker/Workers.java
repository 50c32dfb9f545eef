package dev.hawser.proxy.worker;

import dev.hawser.engine.loop.EventLoops;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The workers of a proxy, one for each event loop. Immutable. */
public final class Workers {
  private final List<Worker> all;
  private final Map<EventLoop, Worker> byLoop = new HashMap<>();

  /** Makes one for each loop. */
  public Workers(EventLoops loops) {
    List<Worker> made = new ArrayList<>();
    for (EventLoop loop : loops.workers()) {
      Worker worker = new Worker(made.size(), loop);
      made.add(worker);
      byLoop.put(loop, worker);
    }
    all = List.copyOf(made);
  }

  public List<Worker> all() {
    return all;
  }

  /** Returns the worker whose loop it is. */
  public Worker of(EventLoop loop) {
    Worker worker = byLoop.get(loop);
    if (worker == null) {
      throw new IllegalArgumentException("not a worker's loop: " + loop);
    }
    return worker;
  }

  /** Runs a task on each worker's loop, soon. */
  public void each(Consumer<Worker> task) {
    for (Worker worker : all) {
      worker.loop().execute(() -> task.accept(worker));
    }
  }
}
