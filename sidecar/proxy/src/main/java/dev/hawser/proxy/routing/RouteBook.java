package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.worker.Signal;
import dev.hawser.proxy.worker.Workers;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The route tables and on-demand hosts that are in force. Reading is safe for any thread; one
 * thread changes.
 */
public final class RouteBook {
  /** Names that callers may make us ask for; more are answered as unknown. */
  private static final int MAX_HOSTS = 2000;

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
  private final Signal changed;
  private final Consumer<String> subscribe;
  private final Filters filters;

  /**
   * Makes an empty book.
   *
   * @param filters compiles what routes say about them
   * @param subscribe asks for the resource {@code <table>/<authority>}, on any thread, once for
   *     each
   */
  public RouteBook(Workers workers, Filters filters, Consumer<String> subscribe) {
    this.filters = filters;
    this.changed = new Signal(workers);
    this.subscribe = subscribe;
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
    if (hosts.size() >= MAX_HOSTS) {
      return ABSENT;
    }
    if (hosts.putIfAbsent(resource, AWAITED) == null) {
      subscribe.accept(resource);
    }
    return hosts.getOrDefault(resource, AWAITED);
  }

  /** Takes a host that was asked for. */
  public void putHost(String resource, RouteTable.Host host) {
    if (hosts.get(resource) instanceof OnDemand.Found(VirtualHost before)
        && before.host().equals(host)) {
      return;
    }
    hosts.put(resource, new OnDemand.Found(new VirtualHost(host, filters)));
    changed.fire();
  }

  /** A host does not exist, or no more; it is still asked for, and may come. */
  public void removeHost(String resource) {
    hosts.put(resource, ABSENT);
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
