package dev.hawser.controlplane.transport;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.svid.Svid;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** What the transport knows of trust: always as of now. Safe for any thread, fast. */
public interface TransportTrust {
  /** Returns the bundles that peers are judged by. */
  TrustBundles bundles();

  /** Returns what this process shows of itself. */
  Presented presented();

  /**
   * Returns what this process shows to a client that knows only an earlier root.
   *
   * @param rootDigest the first 16 hexadecimal digits of the SHA-256 of that root
   * @return empty if the root is not known here
   */
  Optional<Presented> presentedUnder(String rootDigest);

  /**
   * Calls the listener after every change of bundles, revocations or own identity, on the changing
   * thread.
   *
   * @return ends the calls when closed
   */
  Subscription onChange(Runnable listener);

  /** An own identity with the root it chains to; a server shows both. */
  record Presented(Svid svid, X509Certificate root) {}

  /** Ends a listener's calls. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
