package dev.hawser.engine.tls;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.Svid;
import java.util.Optional;

/** Who this process is and whom it trusts, at this moment. Safe for use by any thread, fast. */
public interface IdentitySource {
  /**
   * Returns the present identity; empty once the certificate has ended, and then no connection is
   * made or taken. The same value is returned as long as nothing changed.
   */
  Optional<Svid> svid();

  /** Returns what is trusted. */
  TrustBundles bundles();

  /**
   * Has a listener called, on any thread, after the identity or the trust changed.
   *
   * @return closing it ends the calls
   */
  Registration onChange(Runnable listener);

  /** A listener's place. */
  @FunctionalInterface
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
