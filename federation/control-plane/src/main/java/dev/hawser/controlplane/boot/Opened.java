package dev.hawser.controlplane.boot;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened, to be closed in the opposite order, also when a start fails half-way. */
final class Opened implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Opened.class);

  private static final long SLOW_MILLIS = 1000;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      long start = System.nanoTime();
      try {
        part.close();
      } catch (Exception e) {
        // The others still have to be closed: state among them.
        LOG.warn("A part did not stop cleanly. part={}", part.getClass().getSimpleName(), e);
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
      if (millis >= SLOW_MILLIS) {
        // Whoever is killed for want of time finds here what took it.
        LOG.warn(
            "A part took long to stop. part={} millis={}", part.getClass().getSimpleName(), millis);
      }
    }
  }
}
