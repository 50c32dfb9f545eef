package dev.hawser.engine.tls;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.verify.Role;
import dev.hawser.trust.verify.Verdict;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verified connections of a process, so that a change of trust reaches those that stand.
 *
 * <p>A connection is judged by the time of its handshake: a peer that has renewed its certificate
 * since does not lose the connections it made with the old one.
 *
 * <p>Safe for use by any thread.
 */
public final class LiveConnections {
  private static final Logger LOG = LoggerFactory.getLogger(LiveConnections.class);

  private final PeerVerifier verifier;
  private final Supplier<TrustBundles> bundles;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

  LiveConnections(PeerVerifier verifier, Supplier<TrustBundles> bundles) {
    this.verifier = verifier;
    this.bundles = bundles;
  }

  /** How a connection is ended. */
  @FunctionalInterface
  public interface Closer {
    /**
     * Closes at once; called on any thread.
     *
     * @param reason a sentence fragment for logs
     */
    void close(String reason);
  }

  /** One connection. Compared by identity: each is itself and no other. */
  static final class Connection {
    private final List<X509Certificate> chain;
    private final Role peerRole;
    private final ExpectedPeers expected;
    private final Instant handshake;
    private final Closer closer;

    Connection(
        List<X509Certificate> chain,
        Role peerRole,
        ExpectedPeers expected,
        Instant handshake,
        Closer closer) {
      this.chain = chain;
      this.peerRole = peerRole;
      this.expected = expected;
      this.handshake = handshake;
      this.closer = closer;
    }
  }

  /** Watches a connection until the returned value is closed. */
  IdentitySource.Registration watch(Connection connection) {
    connections.add(connection);
    return () -> connections.remove(connection);
  }

  /** Returns how many stand. */
  public int size() {
    return connections.size();
  }

  /**
   * Judges every connection by the trust and the expectations of this moment and closes those that
   * fail. Costs one verification per distinct peer, two hashes for each connection.
   *
   * @return how many were closed
   */
  public int recheck() {
    TrustBundles now = bundles.get();
    int closed = 0;
    for (Connection connection : List.copyOf(connections)) {
      Verdict verdict =
          verifier.verify(connection.chain, now, connection.handshake, connection.peerRole);
      String reason =
          switch (verdict) {
            case Verdict.Refused refused -> refused.toString();
            case Verdict.Trusted(SpiffeId id) ->
                connection.expected.test(id)
                    ? ""
                    : id + " (expected: " + connection.expected.describe() + ")";
          };
      if (!reason.isEmpty()) {
        connections.remove(connection);
        connection.closer.close(reason);
        closed++;
      }
    }
    if (closed > 0) {
      LOG.info("Connections no longer trusted were closed count={} left={}", closed, size());
    }
    return closed;
  }
}
