package dev.hawser.controlplane.xds;

import dev.hawser.controlplane.snapshot.Present;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who is connected, and whose endpoints count as meshed: those whose proxy has taken its listeners
 * and is connected, or was within {@link #GRACE}; after a start of this control plane also those
 * that were present before, for {@link #START_GRACE}, so that a restart takes nobody out.
 *
 * <p>Thread-safe. The listener runs on the thread that made the change and must return quickly.
 */
public final class ProxyRegistry {
  /** How long a proxy that went away still counts. */
  public static final Duration GRACE = Duration.ofSeconds(10);

  /** How long proxies of before a restart have to come back. */
  public static final Duration START_GRACE = Duration.ofSeconds(60);

  private final InstantSource clock;
  private final Runnable changed;
  private final Set<Session> sessions = new LinkedHashSet<>();
  private final Map<Present, Instant> leaving = new HashMap<>();
  private Set<Present> reported = Set.of();

  /**
   * @param changed called after {@link #present()} or {@link #gateways()} became another
   */
  public ProxyRegistry(InstantSource clock, Runnable changed) {
    this.clock = clock;
    this.changed = changed;
  }

  /** One stream. Used by that stream alone. */
  final class Session implements AutoCloseable {
    private final ProxyNode node;
    private final Instant since;
    private boolean listening;
    private boolean synced;
    private String nack = "";

    private Session(ProxyNode node, Instant since) {
      this.node = node;
      this.since = since;
    }

    /**
     * Notes how the client takes its configuration.
     *
     * @param listens whether it has acknowledged its listeners, so that it can be called
     */
    void update(boolean listens, boolean isSynced, String refusal) {
      synchronized (ProxyRegistry.this) {
        listening |= listens;
        synced = isSynced;
        nack = refusal;
      }
      notifyIfChanged();
    }

    @Override
    public void close() {
      synchronized (ProxyRegistry.this) {
        if (sessions.remove(this) && isPresent()) {
          leaving.put(place(), clock.instant().plus(GRACE));
        }
      }
      notifyIfChanged();
      if (node.kind() == ProxyKind.GATEWAY) {
        changed.run();
      }
    }

    private boolean isPresent() {
      return listening && node.kind().servesWorkload() && !node.address().isEmpty();
    }

    private Present place() {
      return new Present(node.address(), node.identity().toString(), node.inboundPort());
    }

    private ConnectedProxy view() {
      return new ConnectedProxy(
          node.id(),
          node.identity().toString(),
          node.address(),
          node.kind(),
          node.advertise(),
          since,
          synced,
          nack);
    }
  }

  Session open(ProxyNode node) {
    Session session = new Session(node, clock.instant());
    synchronized (this) {
      sessions.add(session);
    }
    if (node.kind() == ProxyKind.GATEWAY) {
      changed.run();
    }
    return session;
  }

  /** Takes over who was present before this control plane started. Call before serving. */
  public void restore(Collection<Present> before) {
    synchronized (this) {
      Instant end = clock.instant().plus(START_GRACE);
      before.forEach(present -> leaving.merge(present, end, ProxyRegistry::later));
    }
    notifyIfChanged();
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** Lets graces end. Call about once a second. */
  public void tick() {
    notifyIfChanged();
  }

  private void notifyIfChanged() {
    synchronized (this) {
      Set<Present> now = present();
      if (now.equals(reported)) {
        return;
      }
      reported = now;
    }
    changed.run();
  }

  /** Returns whose endpoints count as meshed now. */
  public synchronized Set<Present> present() {
    Instant now = clock.instant();
    leaving.values().removeIf(end -> !now.isBefore(end));
    Set<Present> present = new HashSet<>(leaving.keySet());
    for (Session session : sessions) {
      if (session.isPresent()) {
        present.add(session.place());
      }
    }
    return Set.copyOf(present);
  }

  /** Returns every client that is connected, sorted by id. */
  public synchronized List<ConnectedProxy> proxies() {
    List<ConnectedProxy> proxies = new ArrayList<>();
    sessions.forEach(session -> proxies.add(session.view()));
    proxies.sort(Comparator.comparing(ConnectedProxy::id).thenComparing(ConnectedProxy::since));
    return proxies;
  }

  /** Returns where the connected gateways are reached from other networks, sorted. */
  public synchronized List<String> gateways() {
    Set<String> gateways = new TreeSet<>();
    for (Session session : sessions) {
      if (session.node.kind() == ProxyKind.GATEWAY && !session.node.advertise().isEmpty()) {
        gateways.add(session.node.advertise());
      }
    }
    return List.copyOf(gateways);
  }
}
