package dev.hawser.proxy.mesh;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.codec.ListenerCodec;
import dev.hawser.proxy.model.ListenerConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.trace.v3.OpenTelemetryConfig;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.Buffer;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;

/** Configuration as it is written for Envoy. */
final class Envoys {
  private static final String TYPES = "type.googleapis.com/envoy.extensions.filters.";

  private static final TypeRegistry REGISTRY =
      TypeRegistry.newBuilder()
          .add(HttpConnectionManager.getDescriptor())
          .add(Router.getDescriptor())
          .add(RBAC.getDescriptor())
          .add(JwtAuthentication.getDescriptor())
          .add(ExtAuthz.getDescriptor())
          .add(Buffer.getDescriptor())
          .add(TcpProxy.getDescriptor())
          .add(UpstreamTlsContext.getDescriptor())
          .add(OpenTelemetryConfig.getDescriptor())
          .add(FileAccessLog.getDescriptor())
          .add(StdoutAccessLog.getDescriptor())
          .build();

  private Envoys() {}

  /** Returns a filter: its type without what all have in common, and its fields as JSON. */
  static String filter(String type, String fields) {
    String comma = fields.isBlank() ? "" : ",";
    return "{\"name\":\"envoy.filters.http."
        + type
        + "\",\"typed_config\":{\"@type\":\""
        + TYPES
        + "http."
        + type(type)
        + "\""
        + comma
        + fields
        + "}}";
  }

  private static String type(String name) {
    return switch (name) {
      case "rbac" -> "rbac.v3.RBAC";
      case "jwt_authn" -> "jwt_authn.v3.JwtAuthentication";
      case "buffer" -> "buffer.v3.Buffer";
      case "ext_authz" -> "ext_authz.v3.ExtAuthz";
      default -> "router.v3.Router";
    };
  }

  /** Returns a plaintext listener whose requests pass the filters and go to an upstream. */
  static ListenerConfig listener(int port, String upstream, String... filters)
      throws ResourceRejectedException {
    String all = String.join(",", filters) + (filters.length == 0 ? "" : ",");
    String json =
        """
        {"name":"filtered|%d",
         "address":{"socket_address":{"address":"127.0.0.1","port_value":%d}},
         "filter_chains":[{"filters":[{"name":"http","typed_config":{
           "@type":"%snetwork.http_connection_manager.v3.HttpConnectionManager",
           "stat_prefix":"x",
           "route_config":{"name":"r","virtual_hosts":[{"name":"all","domains":["*"],
             "routes":[{"match":{"prefix":"/"},"route":{"cluster":"%s"}}]}]},
           "http_filters":[%s%s]}}]}]}
        """
            .formatted(port, port, TYPES, upstream, all, filter("router", ""));
    return ListenerCodec.read(listener(json));
  }

  /**
   * Returns a plaintext listener whose requests go to an upstream.
   *
   * @param fields of its connection manager, as JSON
   */
  static ListenerConfig observed(int port, String upstream, String fields)
      throws ResourceRejectedException {
    String json =
        """
        {"name":"observed|%d",
         "address":{"socket_address":{"address":"127.0.0.1","port_value":%d}},
         "filter_chains":[{"filters":[{"name":"http","typed_config":{
           "@type":"%snetwork.http_connection_manager.v3.HttpConnectionManager",
           "stat_prefix":"x",
           "route_config":{"name":"r","virtual_hosts":[{"name":"all","domains":["*"],
             "routes":[{"name":"denied","match":{"prefix":"/denied"},
               "direct_response":{"status":403}},
              {"name":"moved","match":{"prefix":"/old/"},
               "route":{"cluster":"%s","prefix_rewrite":"/"}},
              {"name":"main","match":{"prefix":"/"},"route":{"cluster":"%s",
               "retry_policy":{"retry_on":"5xx","num_retries":1,
               "retry_back_off":{"base_interval":"0.01s"}}}}]}]},
           "http_filters":[%s],%s}}]}]}
        """
            .formatted(port, port, TYPES, upstream, upstream, filter("router", ""), fields);
    return ListenerCodec.read(listener(json));
  }

  /**
   * Returns a plaintext listener whose bytes go to an upstream.
   *
   * @param fields of its TCP proxy, as JSON
   */
  static ListenerConfig bytes(int port, String upstream, String fields)
      throws ResourceRejectedException {
    String json =
        """
        {"name":"bytes|%d",
         "address":{"socket_address":{"address":"127.0.0.1","port_value":%d}},
         "filter_chains":[{"filters":[{"name":"tcp","typed_config":{
           "@type":"%snetwork.tcp_proxy.v3.TcpProxy","stat_prefix":"x","cluster":"%s",%s}}]}]}
        """
            .formatted(port, port, TYPES, upstream, fields);
    return ListenerCodec.read(listener(json));
  }

  /**
   * Returns a plaintext listener.
   *
   * @param routes of its only host, as JSON
   * @param fields of its connection manager besides, as JSON
   */
  static ListenerConfig routed(int port, String routes, String fields)
      throws ResourceRejectedException {
    String json =
        """
        {"name":"routed|%d",
         "address":{"socket_address":{"address":"127.0.0.1","port_value":%d}},
         "filter_chains":[{"filters":[{"name":"http","typed_config":{
           "@type":"%snetwork.http_connection_manager.v3.HttpConnectionManager",
           "stat_prefix":"x",
           "route_config":{"name":"r","virtual_hosts":[{"name":"all","domains":["*"],
             "routes":[%s]}]},
           %s}}]}]}
        """
            .formatted(port, port, TYPES, routes, fields);
    return ListenerCodec.read(listener(json));
  }

  /** Returns a cluster. */
  static Cluster cluster(String json) {
    Cluster.Builder builder = Cluster.newBuilder();
    merge(json, builder);
    return builder.build();
  }

  private static Listener listener(String json) {
    Listener.Builder builder = Listener.newBuilder();
    merge(json, builder);
    return builder.build();
  }

  private static void merge(String json, Message.Builder into) {
    try {
      JsonFormat.parser().usingTypeRegistry(REGISTRY).merge(json, into);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
