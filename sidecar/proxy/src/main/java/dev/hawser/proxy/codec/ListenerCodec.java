package dev.hawser.proxy.codec;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.ListenerConfig;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads listeners (LDS). */
public final class ListenerCodec {
  private ListenerCodec() {}

  /** Reads a resource. */
  public static ListenerConfig read(Listener listener) throws ResourceRejectedException {
    SupportedFields.requireKnown(listener);
    SupportedFields.requireOnly(
        "",
        listener,
        "name",
        "address",
        "stat_prefix",
        "filter_chains",
        "listener_filters",
        "traffic_direction",
        "metadata");
    for (int i = 0; i < listener.getListenerFiltersCount(); i++) {
      ListenerFilter filter = listener.getListenerFilters(i);
      String path = "listener_filters[" + i + "]";
      SupportedFields.requireOnly(
          path + ".typed_config",
          Fields.unpack(
              path + ".typed_config", filter.getTypedConfig(), TlsInspector.getDefaultInstance()));
    }
    List<ListenerConfig.Chain> chains = new ArrayList<>();
    for (int i = 0; i < listener.getFilterChainsCount(); i++) {
      chains.add(chain("filter_chains[" + i + "]", listener.getFilterChains(i)));
    }
    if (chains.isEmpty()) {
      throw Fields.rejected("filter_chains", "none (expected: at least one)");
    }
    requireOneKind(chains);
    return new ListenerConfig(
        listener.getName(), Fields.address("address", listener.getAddress()), chains);
  }

  /** With TLS it takes other proxies' calls, without it the own workload's; never both. */
  private static void requireOneKind(List<ListenerConfig.Chain> chains)
      throws ResourceRejectedException {
    boolean tls = chains.getFirst().tls();
    if (!tls && chains.size() > 1) {
      throw Fields.rejected("filter_chains", chains.size() + " (expected: one without TLS)");
    }
    for (int i = 0; i < chains.size(); i++) {
      ListenerConfig.Chain chain = chains.get(i);
      String path = "filter_chains[" + i + "]";
      if (chain.tls() != tls) {
        throw Fields.rejected(
            path + ".transport_socket", "mixed (expected: TLS on every chain or on none)");
      }
      if (!tls && !chain.access().isEmpty()) {
        throw Fields.rejected(path + ".filters", "rbac (expected: only on chains with TLS)");
      }
    }
  }

  private static ListenerConfig.Chain chain(String path, FilterChain chain)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path,
        chain,
        "name",
        "filter_chain_match",
        "filters",
        "transport_socket",
        "metadata",
        "transport_socket_connect_timeout");
    FilterChainMatch match = chain.getFilterChainMatch();
    SupportedFields.requireOnly(
        path + ".filter_chain_match", match, "server_names", "transport_protocol");
    boolean tls = chain.hasTransportSocket();
    if (!match.getServerNamesList().isEmpty() && !tls) {
      throw Fields.rejected(
          path + ".transport_socket", "absent (expected: TLS, since server names are matched)");
    }
    List<Access> access = new ArrayList<>();
    ListenerConfig.Content content = null;
    for (int i = 0; i < chain.getFiltersCount(); i++) {
      String at = path + ".filters[" + i + "]";
      Filter filter = chain.getFilters(i);
      if (content != null) {
        throw Fields.rejected(at, filter.getName() + " (expected: nothing after the last filter)");
      }
      if (filter.getTypedConfig().is(RBAC.class)) {
        String typed = at + ".typed_config";
        access.addAll(
            RbacFilterCodec.network(
                typed, Fields.unpack(typed, filter.getTypedConfig(), RBAC.getDefaultInstance())));
      } else {
        content = content(at, filter);
      }
    }
    if (content == null) {
      throw Fields.rejected(
          path + ".filters", "none that ends it (expected: http_connection_manager or tcp_proxy)");
    }
    return new ListenerConfig.Chain(
        chain.getName(),
        match.getServerNamesList().stream().map(n -> n.toLowerCase(Locale.ROOT)).toList(),
        tls
            ? TlsCodec.downstream(path + ".transport_socket", chain.getTransportSocket())
            : List.of(),
        tls,
        access,
        content);
  }

  private static ListenerConfig.Content content(String path, Filter filter)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, filter, "name", "typed_config");
    String at = path + ".typed_config";
    if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
      return HttpCodec.content(
          at,
          Fields.unpack(at, filter.getTypedConfig(), HttpConnectionManager.getDefaultInstance()));
    }
    if (filter.getTypedConfig().is(TcpProxy.class)) {
      TcpProxy proxy = Fields.unpack(at, filter.getTypedConfig(), TcpProxy.getDefaultInstance());
      SupportedFields.requireOnly(at, proxy, "stat_prefix", "cluster", "idle_timeout");
      Optional<Duration> idle =
          proxy.hasIdleTimeout()
              ? RouteCodec.positive(Fields.duration(at + ".idle_timeout", proxy.getIdleTimeout()))
              : Optional.empty();
      return new ListenerConfig.Content.Tcp(proxy.getCluster(), idle);
    }
    throw Fields.rejected(
        at,
        "type "
            + filter.getTypedConfig().getTypeUrl()
            + " (expected: http_connection_manager, tcp_proxy or rbac)");
  }
}
