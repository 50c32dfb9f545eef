package dev.hawser.proxy.upstream;

import dev.hawser.proxy.http.ClientConnection;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.model.UpstreamConfig.ConnectionRules;
import dev.hawser.proxy.worker.Timer;
import dev.hawser.proxy.worker.TimerWheel;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One worker's connections to one endpoint. The one that was used last is used next, so that few
 * stay open; requests wait in order for one that is being opened. Only the worker's loop may call.
 */
public final class ConnectionPool implements ClientConnection.Observer {
  /** Wants a connection. */
  public interface Waiter {
    /** There is one with room; the request must be begun on it at once. */
    void connected(ClientConnection connection);

    void failed(StreamFailure failure);
  }

  /** Opens connections. */
  @FunctionalInterface
  public interface Opener {
    /** Begins; {@link #opened} or {@link #failed} of the pool follows. */
    void open(ConnectionPool pool);
  }

  /** What is remembered of a connection. */
  private static final class Use {
    private int requests;
    private @Nullable Timer end;
  }

  private final Opener opener;
  private final int perConnection;
  private final ConnectionRules rules;
  private final Breakers breakers;
  private final UpstreamStats stats;
  private final TimerWheel timers;
  private final ArrayDeque<ClientConnection> spare = new ArrayDeque<>();
  private final Map<ClientConnection, Use> all = new HashMap<>();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private int opening;
  private boolean retired;

  /** Makes way for the next connection that stands. */
  private @Nullable ClientConnection worn;

  /**
   * Makes an empty pool.
   *
   * @param perConnection requests that one connection carries at once
   */
  ConnectionPool(
      Opener opener,
      int perConnection,
      ConnectionRules rules,
      Breakers breakers,
      UpstreamStats stats,
      TimerWheel timers) {
    this.opener = opener;
    this.perConnection = perConnection;
    this.rules = rules;
    this.breakers = breakers;
    this.stats = stats;
    this.timers = timers;
  }

  /** Gives the waiter a connection, now or later. */
  void acquire(Waiter waiter) {
    ClientConnection connection = usable();
    if (connection != null) {
      give(waiter, connection);
      return;
    }
    if (!breakers.enterPending()) {
      stats.count(UpstreamStat.RQ_PENDING_OVERFLOW);
      waiter.failed(
          new StreamFailure(
              StreamFailure.Kind.OVERFLOW,
              "more than " + breakers.limits().maxPending() + " requests are waiting"));
      return;
    }
    stats.count(UpstreamStat.RQ_PENDING_TOTAL);
    waiters.add(waiter);
    openIfNeeded();
  }

  /** Takes back a wish; does nothing if it has been answered. */
  void cancel(Waiter waiter) {
    if (waiters.remove(waiter)) {
      breakers.leavePending();
    }
  }

  private @Nullable ClientConnection usable() {
    while (!spare.isEmpty()) {
      ClientConnection last = spare.peekLast();
      if (last.spare() > 0) {
        return last;
      }
      spare.removeLast();
    }
    return null;
  }

  private void give(Waiter waiter, ClientConnection connection) {
    waiter.connected(connection);
    Use use = all.get(connection);
    if (use != null && rules.maxRequests() > 0 && ++use.requests >= rules.maxRequests()) {
      stats.count(UpstreamStat.CX_MAX_REQUESTS);
      connection.retire();
    }
    if (connection.spare() == 0) {
      spare.remove(connection);
    }
  }

  private void openIfNeeded() {
    int standing = all.size() + opening;
    boolean worthIt = waiters.size() > (opening + roomExpected()) * perConnection;
    if (!worthIt || standing >= breakers.limits().maxConnectionsPerEndpoint()) {
      return;
    }
    if (!breakers.enterConnection(standing == 0)) {
      stats.count(UpstreamStat.CX_OVERFLOW);
      return;
    }
    opening++;
    opener.open(this);
  }

  /** Returns how many connections will soon take more requests than they do now. */
  private int roomExpected() {
    int found = 0;
    for (ClientConnection connection : all.keySet()) {
      if (connection.expectsRoom()) {
        found++;
      }
    }
    return found;
  }

  /** A connection stands. */
  void opened(ClientConnection connection) {
    opening--;
    Use use = new Use();
    all.put(connection, use);
    if (retired) {
      serveWaiters(connection);
      connection.retire();
      return;
    }
    rules
        .maxDuration()
        .ifPresent(longest -> {
          Timer end = new Timer(() -> endOfTime(connection));
          use.end = end;
          timers.arm(end, longest.toNanos());
        });
    spare.addLast(connection);
    serveWaiters(connection);
    ClientConnection before = worn;
    if (before != null) {
      worn = null;
      before.retire();
    }
  }

  private void endOfTime(ClientConnection connection) {
    stats.count(UpstreamStat.CX_MAX_DURATION);
    connection.retire();
  }

  /** A connection could not be opened: those who wait for it had better try elsewhere. */
  void failed(StreamFailure failure) {
    opening--;
    breakers.leaveConnection();
    if (opening > 0 && !waiters.isEmpty()) {
      return;
    }
    ArrayDeque<Waiter> disappointed = new ArrayDeque<>(waiters);
    waiters.clear();
    disappointed.forEach(waiter -> {
      breakers.leavePending();
      waiter.failed(failure);
    });
  }

  private void serveWaiters(ClientConnection connection) {
    while (connection.spare() > 0) {
      Waiter waiter = waiters.poll();
      if (waiter == null) {
        return;
      }
      breakers.leavePending();
      give(waiter, connection);
    }
  }

  @Override
  public void onSpare(ClientConnection connection) {
    if (!all.containsKey(connection)) {
      return;
    }
    if (!retired && !spare.contains(connection)) {
      spare.addLast(connection);
    }
    serveWaiters(connection);
  }

  /** Nobody shall wait for a handshake because others have worn a connection out. */
  @Override
  public void onWorn(ClientConnection connection) {
    if (retired || !breakers.enterConnection(false)) {
      connection.retire();
      return;
    }
    worn = connection;
    opening++;
    opener.open(this);
  }

  @Override
  public void onRetired(ClientConnection connection) {
    spare.remove(connection);
    // Those who wait for room on it would wait for one that is never given.
    if (!waiters.isEmpty()) {
      openIfNeeded();
    }
  }

  /**
   * An application that ended one kept connection may have ended the others, of which we know
   * nothing yet: the next try is made on a new one.
   */
  @Override
  public void onForgotten(ClientConnection connection) {
    for (ClientConnection other : Set.copyOf(spare)) {
      if (other.active() == 0) {
        other.retire();
      }
    }
  }

  @Override
  public void onClosed(ClientConnection connection, StreamFailure cause) {
    spare.remove(connection);
    Use use = all.remove(connection);
    if (use == null) {
      return;
    }
    breakers.leaveConnection();
    if (connection.equals(worn)) {
      worn = null;
    }
    if (use.end != null) {
      timers.cancel(use.end);
    }
    if (!waiters.isEmpty()) {
      openIfNeeded();
    }
  }

  /** Ends calmly: what is at work or waits is completed. */
  void retire() {
    retired = true;
    for (ClientConnection connection : Set.copyOf(all.keySet())) {
      connection.retire();
    }
  }

  /** Whether nothing would be lost with it. */
  boolean isUnused() {
    return all.isEmpty() && waiters.isEmpty() && opening == 0;
  }

  int connections() {
    return all.size();
  }
}
