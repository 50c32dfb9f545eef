package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.worker.Asking;
import dev.hawser.proxy.worker.OnDemand;
import dev.hawser.proxy.worker.Signal;
import dev.hawser.proxy.worker.Workers;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The route tables and on-demand hosts that are in force. Reading is safe for any thread; one
 * thread changes.
 */
public final class RouteBook {
  private final Map<String, HostTable> tables = new ConcurrentHashMap<>();
  private final OnDemand<VirtualHost> hosts;
  private final Signal changed;
  private final Filters filters;

  /**
   * Makes an empty book.
   *
   * @param filters compiles what routes say about them
   */
  public RouteBook(Workers workers, Filters filters, Asking asking) {
    this.filters = filters;
    this.changed = new Signal(workers);
    this.hosts = new OnDemand<>(asking);
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
  public OnDemand.Known<VirtualHost> host(String table, String authority) {
    return hosts.get(table + "/" + authority);
  }

  /** Takes a host that was asked for. */
  public void putHost(String resource, RouteTable.Host host) {
    VirtualHost before = hosts.found(resource);
    if (before == null || !before.host().equals(host)) {
      hosts.put(resource, new VirtualHost(host, filters));
      changed.fire();
    }
  }

  /** A host does not exist, or no more; it is still asked for, and may come. */
  public void removeHost(String resource) {
    hosts.remove(resource);
    changed.fire();
  }

  /** Returns the hosts that came on demand. */
  public List<RouteTable.Host> foundHosts() {
    return hosts.found().stream().map(VirtualHost::host).toList();
  }

  /** Returns what was asked for, with what is known, for people. */
  public Map<String, OnDemand.Known<VirtualHost>> asked() {
    return hosts.asked();
  }
}
