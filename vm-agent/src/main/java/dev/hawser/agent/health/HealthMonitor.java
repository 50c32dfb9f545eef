package dev.hawser.agent.health;

import dev.hawser.agent.config.HealthSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks each application every two seconds. Two failures in a row make it unhealthy and two
 * successes healthy again, so that one lost answer moves no traffic; the very first answer counts
 * at once. A service with several checks is healthy when all of them say so.
 */
public final class HealthMonitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HealthMonitor.class);

  /** Pauses and limits of the checks. */
  public record Pace(Duration interval, Duration timeout, int threshold) {
    /** Asks every 2 s, waits as long for an answer, believes the second one. */
    public static final Pace USUAL = new Pace(Duration.ofSeconds(2), Duration.ofSeconds(2), 2);
  }

  private final Pace pace;
  private final InstantSource clock;
  private final Runnable changed;
  private final List<Watch> watches = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  private HealthMonitor(Pace pace, InstantSource clock, Runnable changed) {
    this.pace = pace;
    this.clock = clock;
    this.changed = changed;
  }

  /**
   * Begins to ask.
   *
   * @param changed called on a checking thread when a service became healthy or unhealthy
   */
  public static HealthMonitor start(
      List<HealthSpec> specs, Pace pace, InstantSource clock, Runnable changed) {
    HealthMonitor monitor = new HealthMonitor(pace, clock, changed);
    for (HealthSpec spec : specs) {
      monitor.watches.add(new Watch(spec.service(), HealthCheck.of(spec), clock));
    }
    for (Watch watch : monitor.watches) {
      monitor.threads.add(
          Thread.ofVirtual()
              .name("hawser-health-" + watch.service)
              .start(() -> monitor.watch(watch)));
    }
    return monitor;
  }

  /** Returns what is known of each check. */
  public List<Health> current() {
    return watches.stream().map(watch -> watch.health).toList();
  }

  /** Returns by service whether all its checks say healthy. */
  public Map<String, Boolean> byService() {
    return current().stream()
        .collect(
            Collectors.toMap(
                Health::service, Health::healthy, (one, other) -> one && other, TreeMap::new));
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }

  private void watch(Watch watch) {
    try {
      while (true) {
        long start = System.nanoTime();
        String reason = watch.check.ask(pace.timeout());
        if (watch.take(reason, pace.threshold(), clock)) {
          LOG.info(
              "Health changed. service={} healthy={} reason=\"{}\"",
              watch.service,
              watch.health.healthy(),
              watch.health.reason());
          changed.run();
        }
        Duration rest = pace.interval().minusNanos(System.nanoTime() - start);
        if (rest.isPositive()) {
          Thread.sleep(rest);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** One check and its last answers; written by its own thread alone. */
  private static final class Watch {
    private final String service;
    private final HealthCheck check;
    private volatile Health health;
    private int against;
    private boolean answered;

    Watch(String service, HealthCheck check, InstantSource clock) {
      this.service = service;
      this.check = check;
      this.health = new Health(service, check.describe(), false, "not asked yet", clock.instant());
    }

    /** Takes an answer and returns whether it changed the verdict. */
    boolean take(String reason, int threshold, InstantSource clock) {
      boolean good = reason.isEmpty();
      boolean first = !answered;
      answered = true;
      if (good == health.healthy() && !first) {
        against = 0;
        if (!good) {
          health = new Health(service, health.check(), false, reason, health.since());
        }
        return false;
      }
      against++;
      if (!first && against < threshold) {
        return false;
      }
      against = 0;
      boolean changed = good != health.healthy() || first;
      health = new Health(service, health.check(), good, reason, clock.instant());
      return changed;
    }
  }
}
