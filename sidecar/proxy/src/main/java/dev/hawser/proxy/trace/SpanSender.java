package dev.hawser.proxy.trace;

import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Family;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.proxy.model.TraceRule;
import dev.hawser.proxy.upstream.Upstreams;
import dev.hawser.proxy.worker.Worker;
import dev.hawser.proxy.worker.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends spans to collectors over OTLP, many at once. They are gathered and written on a thread of
 * its own; only the call is made on an event loop. When collectors are slower than the traffic,
 * spans are dropped and counted; the data path never waits.
 *
 * <p>Safe for use by any thread.
 */
public final class SpanSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SpanSender.class);

  /** Spans that wait. */
  static final int MAX_WAITING = 8192;

  /** Spans of one call. */
  static final int MAX_BATCH = 512;

  /** Calls to collectors that have not been answered. */
  private static final int MAX_CALLS = 4;

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration LAST_CALL = Duration.ofSeconds(1);

  private record Waiting(Span span, TraceRule.Collector collector) {}

  /** Spans for one collector, and when the first of them was put there. */
  private record Batch(List<Span> spans, long since) {}

  private final Workers workers;
  private final Upstreams upstreams;
  private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();
  private final Counter sent;
  private final Family<Counter> dropped;
  private final Thread thread = Thread.ofPlatform().daemon().name("spans").unstarted(this::run);
  private boolean started;
  private boolean troubled;
  private int next;
  private volatile boolean sleeping;
  private volatile boolean closed;

  /** Makes a sender; its thread begins with the first plan that needs it. */
  public SpanSender(Workers workers, Upstreams upstreams, Metrics metrics) {
    this.workers = workers;
    this.upstreams = upstreams;
    this.sent =
        metrics.counter("hawser_spans_sent_total", "Spans that a collector has taken").with();
    this.dropped =
        metrics.counter(
            "hawser_spans_dropped_total", "Spans that no collector has taken", "reason");
  }

  /** Somebody will offer spans. */
  public synchronized void start() {
    if (!started && !closed) {
      started = true;
      thread.start();
    }
  }

  /** Hands a span over. */
  void offer(Span span, TraceRule.Collector collector) {
    if (closed) {
      return;
    }
    if (count.incrementAndGet() > MAX_WAITING) {
      count.decrementAndGet();
      dropped.with("queue").increment();
      return;
    }
    waiting.add(new Waiting(span, collector));
    if (sleeping) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    Map<TraceRule.Collector, Batch> batches = new LinkedHashMap<>();
    while (true) {
      Waiting one = waiting.poll();
      if (one != null) {
        count.decrementAndGet();
        Batch batch =
            batches.computeIfAbsent(
                one.collector(), _ -> new Batch(new ArrayList<>(), System.nanoTime()));
        batch.spans().add(one.span());
        if (batch.spans().size() >= MAX_BATCH) {
          batches.remove(one.collector());
          send(one.collector(), batch.spans());
        }
      } else if (closed) {
        batches.forEach((collector, batch) -> send(collector, batch.spans()));
        return;
      } else {
        sleep(sendOld(batches));
      }
    }
  }

  /** Sends what has waited long enough; returns how long the oldest of the rest may wait. */
  private long sendOld(Map<TraceRule.Collector, Batch> batches) {
    long now = System.nanoTime();
    long shortest = Long.MAX_VALUE;
    Iterator<Map.Entry<TraceRule.Collector, Batch>> each = batches.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<TraceRule.Collector, Batch> entry = each.next();
      long left = PATIENCE.toNanos() - (now - entry.getValue().since());
      if (left <= 0) {
        each.remove();
        send(entry.getKey(), entry.getValue().spans());
      } else {
        shortest = Math.min(shortest, left);
      }
    }
    return shortest;
  }

  private void sleep(long nanos) {
    sleeping = nanos == Long.MAX_VALUE;
    if (waiting.isEmpty() && !closed) {
      if (sleeping) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, nanos);
      }
    }
    sleeping = false;
  }

  private void send(TraceRule.Collector collector, List<Span> spans) {
    if (calls.incrementAndGet() > MAX_CALLS) {
      calls.decrementAndGet();
      dropped.with("slow").add(spans.size());
      return;
    }
    ExportCall call =
        new ExportCall(
            collector,
            OtlpSpans.request(collector.service(), spans),
            spans.size(),
            this::onTaken,
            this::onFailed);
    Worker worker = workers.all().get(Math.floorMod(next++, workers.all().size()));
    if (worker.loop().isShuttingDown()) {
      calls.decrementAndGet();
      dropped.with("shutdown").add(spans.size());
      return;
    }
    worker.loop().execute(() -> call.begin(worker, upstreams.get(collector.upstream())));
  }

  private void onTaken(int taken, int refused) {
    calls.decrementAndGet();
    sent.add(taken);
    if (refused > 0) {
      dropped.with("refused").add(refused);
    }
  }

  private void onFailed(TraceRule.Collector collector, int spans, String reason) {
    calls.decrementAndGet();
    dropped.with("failed").add(spans);
    warn(collector, reason);
  }

  private synchronized void warn(TraceRule.Collector collector, String reason) {
    if (!troubled) {
      troubled = true;
      LOG.warn(
          "Spans are dropped and counted, their collector takes none upstream={} reason={}",
          collector.upstream(),
          reason);
    }
  }

  /** Sends what waits, as far as that begins within a second. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (!started) {
        return;
      }
    }
    LockSupport.unpark(thread);
    try {
      thread.join(LAST_CALL.toMillis());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
