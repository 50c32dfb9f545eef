package dev.hawser.engine.testing;

import dev.hawser.engine.tls.IdentitySource;
import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.Svid;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** An identity that a test changes at will. */
public final class MutableIdentity implements IdentitySource {
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Optional<Svid> svid;
  private volatile TrustBundles bundles;

  public MutableIdentity(Svid svid, TrustBundles bundles) {
    this.svid = Optional.of(svid);
    this.bundles = bundles;
  }

  public void become(Svid next) {
    svid = Optional.of(next);
    listeners.forEach(Runnable::run);
  }

  public void expire() {
    svid = Optional.empty();
    listeners.forEach(Runnable::run);
  }

  public void trust(TrustBundles next) {
    bundles = next;
    listeners.forEach(Runnable::run);
  }

  @Override
  public Optional<Svid> svid() {
    return svid;
  }

  @Override
  public TrustBundles bundles() {
    return bundles;
  }

  @Override
  public Registration onChange(Runnable listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }
}
