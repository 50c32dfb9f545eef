package dev.hawser.proxy.codec;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Access;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.ConnectionAuthz;
import dev.hawser.proxy.model.ListenerConfig;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
        "additional_addresses",
        "bind_to_port",
        "use_original_dst",
        "stat_prefix",
        "filter_chains",
        "listener_filters",
        "traffic_direction",
        "metadata");
    boolean redirected = redirected(listener) || listener.getUseOriginalDst().getValue();
    List<ListenerConfig.Chain> chains = new ArrayList<>();
    for (int i = 0; i < listener.getFilterChainsCount(); i++) {
      chains.add(chain("filter_chains[" + i + "]", listener.getFilterChains(i)));
    }
    if (chains.isEmpty()) {
      throw Fields.rejected("filter_chains", "none (expected: at least one)");
    }
    requireOneKind(chains, listener);
    return new ListenerConfig(
        listener.getName(),
        Fields.address("address", listener.getAddress()),
        chains,
        isInbound(chains, listener),
        redirected,
        reach(listener));
  }

  private static ListenerConfig.Reach reach(Listener listener) throws ResourceRejectedException {
    List<Address> also = new ArrayList<>();
    for (int i = 0; i < listener.getAdditionalAddressesCount(); i++) {
      String path = "additional_addresses[" + i + "]";
      SupportedFields.requireOnly(path, listener.getAdditionalAddresses(i), "address");
      also.add(Fields.address(path + ".address", listener.getAdditionalAddresses(i).getAddress()));
    }
    boolean bound = !listener.hasBindToPort() || listener.getBindToPort().getValue();
    return new ListenerConfig.Reach(
        also, bound, listener.getUseOriginalDst().getValue(), portNames(listener));
  }

  /** What the control plane says of the service at a listener, in its metadata. */
  private static Map<String, Integer> portNames(Listener listener) {
    Map<String, Integer> ports = new HashMap<>();
    listener
        .getMetadata()
        .getFilterMetadataOrDefault("hawser", Struct.getDefaultInstance())
        .getFieldsOrDefault("ports", Value.getDefaultInstance())
        .getStructValue()
        .getFieldsMap()
        .forEach((name, port) -> ports.put(name, (int) port.getNumberValue()));
    return ports;
  }

  /** Reads what happens before the first byte; returns whether it is asked where to. */
  private static boolean redirected(Listener listener) throws ResourceRejectedException {
    boolean asked = false;
    for (int i = 0; i < listener.getListenerFiltersCount(); i++) {
      ListenerFilter filter = listener.getListenerFilters(i);
      String path = "listener_filters[" + i + "].typed_config";
      if (filter.getTypedConfig().is(OriginalDst.class)) {
        asked = true;
      } else {
        SupportedFields.requireOnly(
            path, Fields.unpack(path, filter.getTypedConfig(), TlsInspector.getDefaultInstance()));
      }
    }
    return asked;
  }

  /**
   * A listener of the own workload has chains without TLS, by port. One that others call has as
   * many as it likes; what takes plaintext must say so in as many words.
   */
  private static void requireOneKind(List<ListenerConfig.Chain> chains, Listener listener)
      throws ResourceRejectedException {
    boolean inbound = isInbound(chains, listener);
    if (inbound && listener.hasBindToPort() && !listener.getBindToPort().getValue()) {
      throw Fields.rejected("bind_to_port", "false (expected: only where the own workload calls)");
    }
    if (inbound && listener.getUseOriginalDst().getValue()) {
      throw Fields.rejected(
          "use_original_dst", "true (expected: only where the own workload calls)");
    }
    Set<Optional<Integer>> ports = new HashSet<>();
    for (int i = 0; i < chains.size(); i++) {
      if (!inbound && !ports.add(chains.get(i).port())) {
        throw Fields.rejected(
            "filter_chains[" + i + "]",
            chains.get(i).port().map(port -> "destination_port " + port).orElse("no port")
                + " twice (expected: one chain for each destination_port, and one for the rest)");
      }
    }
    for (int i = 0; i < chains.size(); i++) {
      ListenerConfig.Chain chain = chains.get(i);
      FilterChainMatch match = listener.getFilterChains(i).getFilterChainMatch();
      String path = "filter_chains[" + i + "]";
      if (inbound && !chain.tls() && !match.getTransportProtocol().equals("raw_buffer")) {
        throw Fields.rejected(
            path + ".filter_chain_match.transport_protocol",
            "'" + match.getTransportProtocol() + "' (expected: raw_buffer, or TLS on the chain)");
      }
      if (!inbound && !chain.access().isEmpty()) {
        throw Fields.rejected(path + ".filters", "rbac (expected: only where others call)");
      }
      if (!inbound
          && chain.content() instanceof ListenerConfig.Content.Tcp tcp
          && tcp.ask().isPresent()) {
        throw Fields.rejected(path + ".filters", "ext_authz (expected: only where others call)");
      }
    }
  }

  private static boolean isInbound(List<ListenerConfig.Chain> chains, Listener listener) {
    return listener.getTrafficDirection() == TrafficDirection.INBOUND
        || chains.stream().anyMatch(ListenerConfig.Chain::tls);
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
        path + ".filter_chain_match",
        match,
        "server_names",
        "transport_protocol",
        "destination_port");
    boolean tls = chain.hasTransportSocket();
    requireTransport(path + ".filter_chain_match", match, tls);
    if (!match.getServerNamesList().isEmpty() && !tls) {
      throw Fields.rejected(
          path + ".transport_socket", "absent (expected: TLS, since server names are matched)");
    }
    List<Access> access = new ArrayList<>();
    Optional<Integer> most = Optional.empty();
    Optional<ConnectionAuthz> ask = Optional.empty();
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
      } else if (filter.getTypedConfig().is(ConnectionLimit.class)) {
        most = Optional.of(maxConnections(at + ".typed_config", filter));
      } else if (filter.getTypedConfig().is(ExtAuthz.class)) {
        if (ask.isPresent()) {
          throw Fields.rejected(at, filter.getName() + " (expected: once in a chain)");
        }
        ask = Optional.of(NetworkAuthzCodec.read(at + ".typed_config", filter.getTypedConfig()));
      } else {
        content = content(at, filter, ask);
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
        content,
        match.hasDestinationPort()
            ? Optional.of(match.getDestinationPort().getValue())
            : Optional.empty(),
        most,
        handshake(path, chain));
  }

  private static Optional<Duration> handshake(String path, FilterChain chain)
      throws ResourceRejectedException {
    Duration time =
        Fields.duration(
            path + ".transport_socket_connect_timeout", chain.getTransportSocketConnectTimeout());
    return time.isPositive() ? Optional.of(time) : Optional.empty();
  }

  private static int maxConnections(String path, Filter filter) throws ResourceRejectedException {
    ConnectionLimit limit =
        Fields.unpack(path, filter.getTypedConfig(), ConnectionLimit.getDefaultInstance());
    SupportedFields.requireOnly(path, limit, "stat_prefix", "max_connections");
    long most = limit.getMaxConnections().getValue();
    if (most < 1 || most > Integer.MAX_VALUE) {
      throw Fields.rejected(
          path + ".max_connections", most + " (expected: 1-" + Integer.MAX_VALUE + ")");
    }
    return (int) most;
  }

  private static void requireTransport(String path, FilterChainMatch match, boolean tls)
      throws ResourceRejectedException {
    String fitting = tls ? "tls" : "raw_buffer";
    if (!match.getTransportProtocol().isEmpty() && !match.getTransportProtocol().equals(fitting)) {
      throw Fields.rejected(
          path + ".transport_protocol",
          match.getTransportProtocol() + " (expected: " + fitting + " for this transport_socket)");
    }
    if (tls && match.hasDestinationPort()) {
      throw Fields.rejected(path + ".destination_port", "set (expected: server_names with TLS)");
    }
  }

  private static ListenerConfig.Content content(
      String path, Filter filter, Optional<ConnectionAuthz> ask) throws ResourceRejectedException {
    SupportedFields.requireOnly(path, filter, "name", "typed_config");
    String at = path + ".typed_config";
    if (filter.getTypedConfig().is(HttpConnectionManager.class)) {
      if (ask.isPresent()) {
        throw Fields.rejected(
            path, filter.getName() + " after network.ext_authz (expected: http.ext_authz in it)");
      }
      return HttpCodec.content(
          at,
          Fields.unpack(at, filter.getTypedConfig(), HttpConnectionManager.getDefaultInstance()));
    }
    if (filter.getTypedConfig().is(TcpProxy.class)) {
      TcpProxy proxy = Fields.unpack(at, filter.getTypedConfig(), TcpProxy.getDefaultInstance());
      SupportedFields.requireOnly(
          at, proxy, "stat_prefix", "cluster", "idle_timeout", "access_log");
      Optional<Duration> idle =
          proxy.hasIdleTimeout()
              ? Optional.of(
                  RouteCodec.orNever(Fields.duration(at + ".idle_timeout", proxy.getIdleTimeout())))
              : Optional.empty();
      return new ListenerConfig.Content.Tcp(
          proxy.getCluster(),
          idle,
          LogCodec.logs(at + ".access_log", proxy.getAccessLogList()),
          ask);
    }
    throw Fields.rejected(
        at,
        "type "
            + filter.getTypedConfig().getTypeUrl()
            + " (expected: http_connection_manager, tcp_proxy, rbac, ext_authz or"
            + " connection_limit)");
  }
}
