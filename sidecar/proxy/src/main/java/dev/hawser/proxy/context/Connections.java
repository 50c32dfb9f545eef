package dev.hawser.proxy.context;

import dev.hawser.proxy.worker.Worker;
import dev.hawser.proxy.worker.Workers;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The connections a proxy has taken; there is a bound to their number. */
public final class Connections {
  private final Workers workers;
  private final int limit;
  private final List<Set<Live>> live = new ArrayList<>();
  private final AtomicInteger count = new AtomicInteger();
  private volatile boolean draining;

  /**
   * Makes an empty set.
   *
   * @param limit connections at once
   */
  public Connections(Workers workers, int limit) {
    this.workers = workers;
    this.limit = limit;
    workers.all().forEach(_ -> live.add(new LinkedHashSet<>()));
  }

  /**
   * Takes a new channel if there is room, else closes it.
   *
   * @return whether it was taken
   */
  public boolean admit(Channel channel) {
    if (count.incrementAndGet() > limit) {
      count.decrementAndGet();
      var _ = channel.close();
      return false;
    }
    channel.closeFuture().addListener(_ -> count.decrementAndGet());
    return true;
  }

  /** Adds one until its channel closes; call it on the worker's loop. */
  public void add(Worker worker, Channel channel, Live connection) {
    Set<Live> mine = live.get(worker.index());
    mine.add(connection);
    channel.closeFuture().addListener(_ -> mine.remove(connection));
    if (draining) {
      // What would tell its peer is not in the pipeline yet.
      worker.loop().execute(connection::drain);
    }
  }

  /** Returns how many channels are open. */
  public int count() {
    return count.get();
  }

  /** Has every connection look at the configuration again. */
  public void reconsider() {
    each(Live::reconsider);
  }

  /** Has those that were made with the certificate before end calmly. */
  public void renew() {
    each(Live::renew);
  }

  private void each(Consumer<Live> task) {
    workers.each(worker -> List.copyOf(live.get(worker.index())).forEach(task));
  }

  /** Begins the calm end of all that are open and of each that is still taken. */
  public void tellToLeave() {
    if (!draining) {
      draining = true;
      each(Live::drain);
    }
  }

  /** Begins the calm end of those that others have opened. */
  public void leaveInbound() {
    each(connection -> {
      if (connection.isInbound()) {
        connection.drain();
      }
    });
  }

  /**
   * Ends all of them calmly.
   *
   * @param deadline after which those that are left are cut
   * @return completes when none is left
   */
  public CompletableFuture<Void> drain(Duration deadline) {
    tellToLeave();
    CompletableFuture<Void> empty = new CompletableFuture<>();
    long end = System.nanoTime() + deadline.toNanos();
    watch(end, empty);
    return empty;
  }

  private void watch(long end, CompletableFuture<Void> empty) {
    if (count.get() == 0) {
      empty.complete(null);
      return;
    }
    if (System.nanoTime() - end >= 0) {
      each(Live::cut);
      empty.complete(null);
      return;
    }
    var _ =
        workers
            .all()
            .getFirst()
            .loop()
            .schedule(() -> watch(end, empty), 50, TimeUnit.MILLISECONDS);
  }
}
