package dev.hawser.proxy.telemetry;

import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Metrics;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line of JSON for each request and each connection of raw bytes, on a thread of its
 * own. When the disk is slower than the traffic, lines are dropped and counted; the data path never
 * waits.
 *
 * <p>Safe for use by any thread.
 */
public final class AccessLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

  private static final int MAX_WAITING = 16_384;
  private static final long CLOSE_MILLIS = 1000;

  private final Queue<Report> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Counter dropped;
  private final OutputStream out;
  private final boolean enabled;
  private final Thread writer =
      Thread.ofPlatform().daemon().name("access-log").unstarted(this::run);
  private volatile boolean sleeping;
  private volatile boolean closed;

  private AccessLog(OutputStream out, boolean enabled, Metrics metrics) {
    this.out = new BufferedOutputStream(out, 64 * 1024);
    this.enabled = enabled;
    this.dropped =
        metrics
            .counter(
                "hawser_access_log_dropped_total",
                "Lines that were not written because writing is slower than traffic")
            .with();
    if (enabled) {
      writer.start();
    }
  }

  /** Returns a log that writes nothing. */
  public static AccessLog off(Metrics metrics) {
    return new AccessLog(OutputStream.nullOutputStream(), false, metrics);
  }

  /**
   * Opens a log.
   *
   * @param path a file that is appended to, or {@code /dev/stdout}
   * @throws IOException if the file cannot be opened; the message names it
   */
  public static AccessLog open(String path, Metrics metrics) throws IOException {
    if (path.equals("/dev/stdout")) {
      return to(System.out, metrics);
    }
    try {
      return to(new FileOutputStream(path, true), metrics);
    } catch (IOException e) {
      throw new IOException("accessLog: " + path + " cannot be opened (" + e.getMessage() + ")", e);
    }
  }

  /** Returns a log that writes to a stream. */
  static AccessLog to(OutputStream out, Metrics metrics) {
    return new AccessLog(out, true, metrics);
  }

  /** Hands a line over. */
  void write(Report report) {
    if (!enabled || closed) {
      return;
    }
    if (count.incrementAndGet() > MAX_WAITING) {
      count.decrementAndGet();
      dropped.increment();
      return;
    }
    waiting.add(report);
    if (sleeping) {
      LockSupport.unpark(writer);
    }
  }

  private void run() {
    StringBuilder line = new StringBuilder(1024);
    boolean broken = false;
    while (true) {
      Report report = waiting.poll();
      try {
        if (report != null) {
          count.decrementAndGet();
          line.setLength(0);
          AccessLogLine.append(line, report);
          out.write(line.toString().getBytes(StandardCharsets.US_ASCII));
          broken = false;
          continue;
        }
        out.flush();
      } catch (IOException e) {
        dropped.increment();
        if (!broken) {
          LOG.warn("Access log cannot be written, lines are dropped until it can", e);
        }
        broken = true;
      }
      if (closed) {
        return;
      }
      sleep();
    }
  }

  private void sleep() {
    sleeping = true;
    if (waiting.isEmpty() && !closed) {
      LockSupport.park(this);
    }
    sleeping = false;
  }

  /** Writes what waits, for at most a second. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(writer);
    if (!enabled) {
      return;
    }
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
