package dev.hawser.proxy.upstream;

import dev.hawser.proxy.http.ClientConnection;
import dev.hawser.proxy.http.StreamFailure;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

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

  private final Opener opener;
  private final int perConnection;
  private final int maxConnections;
  private final int maxPending;
  private final ArrayDeque<ClientConnection> spare = new ArrayDeque<>();
  private final Set<ClientConnection> all = new HashSet<>();
  private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
  private int opening;
  private boolean retired;

  /**
   * Makes an empty pool.
   *
   * @param perConnection requests that one connection carries at once
   */
  ConnectionPool(Opener opener, int perConnection, int maxConnections, int maxPending) {
    this.opener = opener;
    this.perConnection = perConnection;
    this.maxConnections = maxConnections;
    this.maxPending = maxPending;
  }

  /** Gives the waiter a connection, now or later. */
  void acquire(Waiter waiter) {
    ClientConnection connection = usable();
    if (connection != null) {
      give(waiter, connection);
      return;
    }
    if (waiters.size() >= maxPending) {
      waiter.failed(
          new StreamFailure(
              StreamFailure.Kind.OVERFLOW, "more than " + maxPending + " requests are waiting"));
      return;
    }
    waiters.add(waiter);
    openIfNeeded();
  }

  /** Takes back a wish; does nothing if it has been answered. */
  void cancel(Waiter waiter) {
    waiters.remove(waiter);
  }

  private @org.jspecify.annotations.Nullable ClientConnection usable() {
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
    if (connection.spare() == 0) {
      spare.remove(connection);
    }
  }

  private void openIfNeeded() {
    boolean worthIt = waiters.size() > opening * perConnection;
    if (worthIt && all.size() + opening < maxConnections) {
      opening++;
      opener.open(this);
    }
  }

  /** A connection stands. */
  void opened(ClientConnection connection) {
    opening--;
    all.add(connection);
    if (retired) {
      serveWaiters(connection);
      connection.retire();
      return;
    }
    spare.addLast(connection);
    serveWaiters(connection);
  }

  /** A connection could not be opened: those who wait for it had better try elsewhere. */
  void failed(StreamFailure failure) {
    opening--;
    if (opening > 0 && !waiters.isEmpty()) {
      return;
    }
    ArrayDeque<Waiter> disappointed = new ArrayDeque<>(waiters);
    waiters.clear();
    disappointed.forEach(waiter -> waiter.failed(failure));
  }

  private void serveWaiters(ClientConnection connection) {
    while (connection.spare() > 0) {
      Waiter waiter = waiters.poll();
      if (waiter == null) {
        return;
      }
      give(waiter, connection);
    }
  }

  @Override
  public void onSpare(ClientConnection connection) {
    if (!all.contains(connection)) {
      return;
    }
    if (!retired && !spare.contains(connection)) {
      spare.addLast(connection);
    }
    serveWaiters(connection);
  }

  @Override
  public void onRetired(ClientConnection connection) {
    spare.remove(connection);
  }

  @Override
  public void onClosed(ClientConnection connection, StreamFailure cause) {
    spare.remove(connection);
    if (all.remove(connection) && !waiters.isEmpty()) {
      openIfNeeded();
    }
  }

  /** Ends calmly: what is at work or waits is completed. */
  void retire() {
    retired = true;
    for (ClientConnection connection : Set.copyOf(all)) {
      connection.retire();
    }
  }

  int connections() {
    return all.size();
  }
}
