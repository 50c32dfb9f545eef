package dev.hawser.controlplane.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server now and then whether it is there and knows the kind ServiceExport, on a
 * thread of its own, so that a server that does not answer holds nothing up. The answer is read at
 * any time.
 */
final class ApiProbe {
  private static final Duration PERIOD = Duration.ofSeconds(3);
  private static final Duration HURRY = Duration.ofMillis(500);

  private final KubernetesClient client;
  private final AtomicReference<Answer> last = new AtomicReference<>(Answer.UNKNOWN);

  /** Confined, with those below, to the caller's one thread. */
  private @Nullable Thread running;

  private long startedAt;

  /**
   * @param detail what is wrong; empty if it answers, or if nothing is known yet
   */
  record Answer(boolean answers, boolean knowsExports, String detail) {
    static final Answer UNKNOWN = new Answer(false, false, "");
  }

  ApiProbe(KubernetesClient client) {
    this.client = client;
  }

  /** Asks again if it is time; call often. */
  void refresh() {
    Duration since = Duration.ofNanos(System.nanoTime() - startedAt);
    Duration period = last.get().answers() ? PERIOD : HURRY;
    Thread asking = running;
    if (asking != null && asking.isAlive()) {
      if (since.compareTo(PERIOD) > 0) {
        last.set(
            new Answer(
                false,
                false,
                "Kubernetes API at "
                    + client.getMasterUrl()
                    + " has not answered for "
                    + PERIOD.toSeconds()
                    + " s"));
      }
      return;
    }
    if (asking == null || since.compareTo(period) >= 0) {
      startedAt = System.nanoTime();
      running = Thread.ofVirtual().name("kubernetes-probe").start(this::ask);
    }
  }

  /** What was known is no longer: the next answer counts. */
  void hurry() {
    last.set(Answer.UNKNOWN);
  }

  Answer answer() {
    return last.get();
  }

  private void ask() {
    try {
      // Ready, not only alive: custom kinds are served a while after the first answers.
      if (client.raw("/readyz") == null) {
        throw new KubernetesClientException("it does not know /readyz");
      }
      boolean exports = client.supports(Informers.EXPORT_API, Informers.EXPORT_KIND);
      last.set(new Answer(true, exports, ""));
    } catch (RuntimeException failed) {
      Throwable cause = failed.getCause() == null ? failed : failed.getCause();
      last.set(
          new Answer(
              false,
              false,
              "Kubernetes API at "
                  + client.getMasterUrl()
                  + " cannot be reached: "
                  + cause.getMessage()));
    }
  }
}
