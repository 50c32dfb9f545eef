package dev.hawser.engine.tls;

import dev.hawser.trust.bundle.TrustBundles;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.verify.ExpectedPeers;
import dev.hawser.trust.verify.PeerVerifier;
import dev.hawser.trust.verify.Reason;
import dev.hawser.trust.verify.Role;
import dev.hawser.trust.verify.Verdict;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
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
  private final AtomicInteger rechecks = new AtomicInteger();

  /**
   * What a verdict about a new connection rests on. Whoever changes it has the connections judged
   * again that are watched by then, so who judges looks at it before, watches, and asks whether it
   * still holds.
   */
  record Ground(TrustBundles bundles, int rechecks) {}

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

  /** Returns what a verdict rests on from now on. */
  Ground ground() {
    int seen = rechecks.get();
    return new Ground(bundles.get(), seen);
  }

  private boolean holds(Ground ground) {
    return rechecks.get() == ground.rechecks() && bundles.get().equals(ground.bundles());
  }

  /** Judges the peer of a connection by a trust and by who is expected at this moment. */
  Verdict judge(Connection connection, TrustBundles by) {
    Verdict verdict =
        verifier.verify(connection.chain, by, connection.handshake, connection.peerRole);
    return verdict instanceof Verdict.Trusted(SpiffeId id) && !connection.expected.test(id)
        ? new Verdict.Refused(
            Reason.UNEXPECTED_PEER, id + " (expected: " + connection.expected.describe() + ")")
        : verdict;
  }

  /** Judges again what was judged on a ground that may have changed before it was watched. */
  Verdict judgeAgain(Connection connection, Verdict before, Ground ground) {
    return holds(ground) ? before : judge(connection, bundles.get());
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
    rechecks.incrementAndGet();
    TrustBundles now = bundles.get();
    int closed = 0;
    for (Connection connection : List.copyOf(connections)) {
      if (judge(connection, now) instanceof Verdict.Refused refused) {
        connections.remove(connection);
        connection.closer.close(refused.toString());
        closed++;
      }
    }
    if (closed > 0) {
      LOG.info("Connections no longer trusted were closed count={} left={}", closed, size());
    }
    return closed;
  }
}
