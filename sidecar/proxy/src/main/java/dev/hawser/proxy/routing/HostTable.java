package dev.hawser.proxy.routing;

import dev.hawser.proxy.filter.Filters;
import dev.hawser.proxy.model.RouteTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the virtual host of an authority by Envoy's order: exact, longest suffix wildcard, longest
 * prefix wildcard, everything. Immutable.
 */
public final class HostTable {
  private record Wildcard(String part, VirtualHost host) {}

  private final RouteTable table;
  private final Map<String, VirtualHost> exact = new HashMap<>();
  private final List<Wildcard> suffixes = new ArrayList<>();
  private final List<Wildcard> prefixes = new ArrayList<>();
  private final @Nullable VirtualHost everything;

  /** Sorts a table. */
  public HostTable(RouteTable table, Filters filters) {
    this.table = table;
    VirtualHost all = null;
    for (RouteTable.Host item : table.hosts()) {
      VirtualHost host = new VirtualHost(item, filters);
      for (String domain : item.domains()) {
        if (domain.equals("*")) {
          all = all == null ? host : all;
        } else if (domain.startsWith("*")) {
          suffixes.add(new Wildcard(domain.substring(1), host));
        } else if (domain.endsWith("*")) {
          prefixes.add(new Wildcard(domain.substring(0, domain.length() - 1), host));
        } else {
          exact.putIfAbsent(domain, host);
        }
      }
    }
    everything = all;
    Comparator<Wildcard> longest =
        Comparator.comparingInt((Wildcard w) -> w.part().length()).reversed();
    suffixes.sort(longest);
    prefixes.sort(longest);
  }

  public String name() {
    return table.name();
  }

  /** Returns the table as it was read. */
  public RouteTable table() {
    return table;
  }

  /** Whether hosts that are not in it may be asked for. */
  public boolean isOnDemand() {
    return table.onDemand();
  }

  private String comparable(String authority) {
    String name = authority.toLowerCase(Locale.ROOT);
    int colon = table.ignorePort() ? name.lastIndexOf(':') : -1;
    return colon > name.lastIndexOf(']') ? name.substring(0, colon) : name;
  }

  /** Returns the host, or null. */
  public @Nullable VirtualHost find(String authority) {
    if (exact.isEmpty() && suffixes.isEmpty() && prefixes.isEmpty()) {
      return everything;
    }
    String name = comparable(authority);
    VirtualHost found = exact.get(name);
    if (found != null) {
      return found;
    }
    for (Wildcard suffix : suffixes) {
      if (name.length() > suffix.part().length() && name.endsWith(suffix.part())) {
        return suffix.host();
      }
    }
    for (Wildcard prefix : prefixes) {
      if (name.length() > prefix.part().length() && name.startsWith(prefix.part())) {
        return prefix.host();
      }
    }
    return everything;
  }
}
