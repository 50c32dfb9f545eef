package dev.hawser.gateway.splice;

import dev.hawser.engine.metrics.Counter;
import dev.hawser.engine.metrics.Metrics;
import dev.hawser.gateway.route.Backend;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line of JSON for each connection that ended, on a thread of its own: when the reader
 * of the log is slower than the traffic, lines are dropped and counted, and no connection waits.
 *
 * <p>Safe for use by any thread.
 */
final class ConnectionLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionLog.class);
  private static final int MAX_WAITING = 8192;
  private static final long CLOSE_MILLIS = 1000;

  private final BlockingQueue<Entry> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final Counter dropped;
  private final OutputStream out;
  private final Thread writer =
      Thread.ofPlatform().daemon().name("access-log").unstarted(this::run);
  private volatile boolean closed;

  /**
   * One connection.
   *
   * @param remote host:port of the caller
   * @param sni as asked for: a name of ours or text of a stranger, so it is escaped
   * @param backend where it went, or was to go; null if it led nowhere
   * @param received bytes from the caller
   * @param sent bytes to the caller
   * @param took from the first byte of the connection to its end
   * @param outcome one word
   * @param detail a sentence fragment, maybe empty
   */
  record Entry(
      Instant start,
      String remote,
      String sni,
      @Nullable Backend backend,
      long received,
      long sent,
      Duration took,
      String outcome,
      String detail) {}

  private ConnectionLog(OutputStream out, Metrics metrics) {
    this.out = new BufferedOutputStream(out, 32 * 1024);
    this.dropped =
        metrics
            .counter(
                "hawser_access_log_dropped_total",
                "Lines that were not written because writing is slower than traffic")
            .with();
  }

  /** Opens a log on a stream. */
  static ConnectionLog start(OutputStream out, Metrics metrics) {
    ConnectionLog log = new ConnectionLog(out, metrics);
    log.writer.start();
    return log;
  }

  void write(Entry entry) {
    if (closed || !waiting.offer(entry)) {
      dropped.increment();
    }
  }

  private void run() {
    boolean broken = false;
    while (true) {
      try {
        Entry entry = waiting.poll();
        if (entry == null) {
          out.flush();
          if (closed) {
            return;
          }
          entry = waiting.take();
        }
        out.write(line(entry).getBytes(StandardCharsets.US_ASCII));
        broken = false;
      } catch (IOException e) {
        dropped.increment();
        if (!broken) {
          LOG.warn("Access log cannot be written, lines are dropped until it can", e);
        }
        broken = true;
      } catch (InterruptedException _) {
        // Only close() interrupts: what waits is written, then the loop ends.
        closed = true;
      }
    }
  }

  static String line(Entry entry) {
    Backend backend = entry.backend();
    StringBuilder out = new StringBuilder(320).append('{');
    text(out, "start_time", entry.start().toString());
    text(out, "remote", entry.remote());
    text(out, "upstream_sni", entry.sni());
    if (backend != null) {
      backend.slot().ifPresent(slot -> out.append("\"slot\":").append(slot).append(','));
      text(out, "upstream_host", backend.hostPort());
      text(out, "workload", backend.workload());
    }
    out.append("\"bytes_received\":").append(entry.received()).append(',');
    out.append("\"bytes_sent\":").append(entry.sent()).append(',');
    text(out, "duration", entry.took().toMillis() + "ms");
    text(out, "detail", entry.detail());
    text(out, "outcome", entry.outcome());
    out.setCharAt(out.length() - 1, '}');
    return out.append('\n').toString();
  }

  private static void text(StringBuilder out, String key, String value) {
    out.append('"').append(key).append("\":\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c == '"' || c == '\\' || c > 0x7e) {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append("\",");
  }

  /** Writes what waits, for at most a second. */
  @Override
  public void close() {
    closed = true;
    writer.interrupt();
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
