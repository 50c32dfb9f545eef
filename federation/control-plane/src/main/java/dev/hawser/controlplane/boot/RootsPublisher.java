package dev.hawser.controlplane.boot;

import dev.hawser.controlplane.enroll.TrustState;
import dev.hawser.controlplane.kubernetes.api.PublishedRoots;
import dev.hawser.trust.bundle.TrustBundle;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Keeps the roots that are published in Kubernetes the same as the cluster's own bundle. */
final class RootsPublisher implements AutoCloseable {
  private static final int RETRY_SECONDS = 5;

  private final PublishedRoots published;
  private final TrustState trust;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("published-roots").factory());

  /** The text that is known to be there; used on the thread alone. */
  private String there = "";

  RootsPublisher(PublishedRoots published, TrustState trust) {
    this.published = published;
    this.trust = trust;
  }

  /** Publishes now and after every change. */
  void start() {
    trust.onChange(this::soon);
    soon();
  }

  private void soon() {
    if (!thread.isShutdown()) {
      thread.execute(this::publish);
    }
  }

  private void publish() {
    String roots = trust.bundles().find(trust.trustDomain()).map(TrustBundle::toPem).orElse("");
    if (roots.equals(there)) {
      return;
    }
    if (published.publish(roots)) {
      there = roots;
    } else if (!thread.isShutdown()) {
      var _ = thread.schedule(this::publish, RETRY_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
