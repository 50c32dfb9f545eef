package dev.hawser.proxy.telemetry;

import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Metrics;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lines, each for a request or a connection of raw bytes, on a thread of its own. When the
 * disk is slower than the traffic, lines are dropped and counted; the data path never waits.
 *
 * <p>Safe for use by any thread.
 */
public final class AccessLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

  private static final int MAX_WAITING = 16_384;
  private static final long CLOSE_MILLIS = 1000;

  /** A line that is written when its turn comes. */
  @FunctionalInterface
  public interface Line {
    /** Appends it, in ASCII, with its end; called on the log's thread. */
    void append(StringBuilder out);
  }

  /** Opens what lines go to, on the log's thread. */
  @FunctionalInterface
  private interface Target {
    OutputStream open() throws IOException;
  }

  private final Queue<Line> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger count = new AtomicInteger();
  private final Counter dropped;
  private final Target target;
  private final boolean enabled;
  private final Thread writer =
      Thread.ofPlatform().daemon().name("access-log").unstarted(this::run);
  private volatile boolean sleeping;
  private volatile boolean closed;

  private AccessLog(Target target, boolean enabled, Metrics metrics) {
    this.target = target;
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
    return new AccessLog(OutputStream::nullOutputStream, false, metrics);
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

  /** Returns a log to the standard output. */
  public static AccessLog stdout(Metrics metrics) {
    return to(System.out, metrics);
  }

  /** Returns a log to the standard error. */
  public static AccessLog stderr(Metrics metrics) {
    return to(System.err, metrics);
  }

  /**
   * Returns a log to a file that is opened, with its folder, when the first line comes; as long as
   * it cannot be, lines are dropped.
   */
  public static AccessLog later(Path file, Metrics metrics) {
    return new AccessLog(
        () -> {
          Path folder = file.toAbsolutePath().getParent();
          if (folder != null) {
            Files.createDirectories(folder);
          }
          return new FileOutputStream(file.toFile(), true);
        },
        true,
        metrics);
  }

  /** Returns a log that writes to a stream. */
  static AccessLog to(OutputStream out, Metrics metrics) {
    return new AccessLog(() -> out, true, metrics);
  }

  /** Hands the line of a report over. */
  void write(Report report) {
    if (enabled) {
      write(out -> AccessLogLine.append(out, report));
    }
  }

  /** Hands a line over. */
  public void write(Line line) {
    if (!enabled || closed) {
      return;
    }
    if (count.incrementAndGet() > MAX_WAITING) {
      count.decrementAndGet();
      dropped.increment();
      return;
    }
    waiting.add(line);
    if (sleeping) {
      LockSupport.unpark(writer);
    }
  }

  private void run() {
    StringBuilder text = new StringBuilder(1024);
    OutputStream out = null;
    boolean broken = false;
    while (true) {
      Line line = waiting.poll();
      try {
        if (line != null) {
          count.decrementAndGet();
          if (out == null) {
            out = new BufferedOutputStream(target.open(), 64 * 1024);
          }
          text.setLength(0);
          line.append(text);
          out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
          broken = false;
          continue;
        }
        if (out != null) {
          out.flush();
        }
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
