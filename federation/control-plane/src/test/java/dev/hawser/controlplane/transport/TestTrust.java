package dev.hawser.controlplane.transport;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.testing.TestAuthority;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A cluster's trust that a test changes by hand. */
final class TestTrust implements TransportTrust {
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, Presented> underRetired = new ConcurrentHashMap<>();
  private volatile TrustBundles bundles;
  private volatile Presented presented;

  TestTrust(TestAuthority federation, String cluster, TrustBundles bundles) {
    this.bundles = bundles;
    this.presented =
        new Presented(federation.controlPlane(cluster), federation.root().certificate());
  }

  @Override
  public TrustBundles bundles() {
    return bundles;
  }

  void bundles(TrustBundles next) {
    bundles = next;
    listeners.forEach(Runnable::run);
  }

  @Override
  public Presented presented() {
    return presented;
  }

  void presented(Presented next) {
    presented = next;
  }

  @Override
  public Optional<Presented> presentedUnder(String rootDigest) {
    return Optional.ofNullable(underRetired.get(rootDigest));
  }

  void presentedUnder(String rootDigest, Presented under) {
    underRetired.put(rootDigest, under);
  }

  @Override
  public Subscription onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
