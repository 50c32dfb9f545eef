package dev.hawser.proxy.boot;

import dev.hawser.proxy.model.ListenerConfig;
import dev.hawser.proxy.model.RouteRule;
import dev.hawser.proxy.model.RouteTable;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.upstream.Upstream;
import java.util.Set;
import java.util.TreeSet;

/** What the configuration in force refers to by name. */
record Wants(Set<String> routes, Set<String> upstreams) {
  static Wants of(DataPlane plane) {
    Wants wants = new Wants(new TreeSet<>(), new TreeSet<>());
    for (ListenerConfig listener : plane.listeners().all()) {
      listener.chains().forEach(chain -> wants.add(chain.content()));
    }
    for (ListenerConfig listener : plane.captured().all()) {
      listener.chains().forEach(chain -> wants.add(chain.content()));
    }
    plane.routes().tables().forEach(table -> wants.add(table.table()));
    plane.routes().foundHosts().forEach(wants::add);
    return wants;
  }

  private void add(ListenerConfig.Content content) {
    switch (content) {
      case ListenerConfig.Content.Tcp tcp -> upstreams.add(tcp.upstream());
      case ListenerConfig.Content.Http http -> {
        http.observing().tracing().ifPresent(rule -> upstreams.add(rule.collector().upstream()));
        http.filters().forEach(filter -> upstreams.addAll(filter.config().upstreams()));
        switch (http.routes()) {
          case ListenerConfig.Routes.Named(String name) -> routes.add(name);
          case ListenerConfig.Routes.Inline(RouteTable table) -> add(table);
        }
      }
    }
  }

  private void add(RouteTable table) {
    table.hosts().forEach(this::add);
  }

  private void add(RouteTable.Host host) {
    for (RouteRule rule : host.rules()) {
      if (rule.action() instanceof RouteRule.Action.Forward forward) {
        if (forward.choice() instanceof RouteRule.Choice.Weighted weighted) {
          weighted.targets().forEach(target -> upstreams.add(target.upstream()));
        }
        forward.mirrors().forEach(mirror -> upstreams.add(mirror.upstream()));
      }
    }
  }

  /** Returns the services whose endpoints the upstreams in force discover. */
  static Set<String> endpoints(DataPlane plane) {
    Set<String> services = new TreeSet<>();
    for (Upstream upstream : plane.upstreams().all()) {
      UpstreamConfig config = upstream.config();
      if (config != null
          && config.endpoints() instanceof UpstreamConfig.Endpoints.Discovered(String service)) {
        services.add(service);
      }
    }
    return services;
  }
}
