package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.worker.Signal;
import dev.hawser.proxy.worker.Workers;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The route tables and on-demand hosts that are in force. Reading is safe for any thread; one
 * thread changes.
 */
public final class RouteBook {
  /**
   * Names that callers may make us ask for. For one more another is given up that nobody serves; if
   * each of them is served it is answered as unknown.
   */
  private static final int MAX_HOSTS = 2000;

  /** How many are looked at for one that can be given up. */
  private static final int MAX_LOOKS = 64;

  /** What is known about a name that was asked for. */
  public sealed interface OnDemand {
    /** It has been asked for and not been answered. */
    record Awaited() implements OnDemand {}

    /** There is none. */
    record Absent() implements OnDemand {}

    record Found(VirtualHost host) implements OnDemand {}
  }

  private static final OnDemand AWAITED = new OnDemand.Awaited();
  private static final OnDemand ABSENT = new OnDemand.Absent();

  private final Map<String, HostTable> tables = new ConcurrentHashMap<>();
  private final Map<String, OnDemand> hosts = new ConcurrentHashMap<>();
  private final Queue<String> inOrder = new ConcurrentLinkedQueue<>();
  private final Signal changed;
  private final HostAsking asking;
  private final Filters filters;

  /**
   * Makes an empty book.
   *
   * @param filters compiles what routes say about them
   */
  public RouteBook(Workers workers, Filters filters, HostAsking asking) {
    this.filters = filters;
    this.changed = new Signal(workers);
    this.asking = asking;
  }

  /** Fires after every change. */
  public Signal changed() {
    return changed;
  }

  /** Returns a table, or null if it has not come. */
  public @Nullable HostTable table(String name) {
    return tables.get(name);
  }

  public Collection<HostTable> tables() {
    return tables.values();
  }

  /** Takes a table; one that says nothing new stays, with what its filters know. */
  public void put(RouteTable table) {
    HostTable before = tables.get(table.name());
    if (before != null && before.table().equals(table)) {
      return;
    }
    tables.put(table.name(), new HostTable(table, filters));
    changed.fire();
  }

  /** A table is gone. */
  public void remove(String name) {
    tables.remove(name);
    changed.fire();
  }

  /** Returns what is known about a host, asking for it if nobody has. */
  public OnDemand host(String table, String authority) {
    String resource = table + "/" + authority;
    OnDemand known = hosts.get(resource);
    if (known != null) {
      return known;
    }
    if (hosts.size() >= MAX_HOSTS && !giveOneUp()) {
      return ABSENT;
    }
    if (hosts.putIfAbsent(resource, AWAITED) == null) {
      inOrder.add(resource);
      asking.ask(resource);
    }
    return hosts.getOrDefault(resource, AWAITED);
  }

  /** Forgets the one that was asked for first of those that nobody serves. */
  private boolean giveOneUp() {
    for (int i = 0; i < MAX_LOOKS; i++) {
      String oldest = inOrder.poll();
      if (oldest == null) {
        return false;
      }
      OnDemand known = hosts.get(oldest);
      if (known instanceof OnDemand.Found) {
        inOrder.add(oldest);
      } else if (known != null && hosts.remove(oldest, known)) {
        asking.forget(oldest);
        return true;
      }
    }
    return false;
  }

  /** Takes a host that was asked for. */
  public void putHost(String resource, RouteTable.Host host) {
    if (hosts.get(resource) instanceof OnDemand.Found(VirtualHost before)
        && before.host().equals(host)) {
      return;
    }
    if (hosts.put(resource, new OnDemand.Found(new VirtualHost(host, filters))) == null) {
      inOrder.add(resource);
    }
    changed.fire();
  }

  /** A host does not exist, or no more; it is still asked for, and may come. */
  public void removeHost(String resource) {
    hosts.computeIfPresent(resource, (_, _) -> ABSENT);
    changed.fire();
  }

  /** Returns the hosts that came on demand. */
  public List<RouteTable.Host> foundHosts() {
    return hosts.values().stream()
        .filter(OnDemand.Found.class::isInstance)
        .map(found -> ((OnDemand.Found) found).host().host())
        .toList();
  }

  /** Returns what was asked for, with what is known, for people. */
  public Map<String, OnDemand> asked() {
    return Map.copyOf(hosts);
  }
}
