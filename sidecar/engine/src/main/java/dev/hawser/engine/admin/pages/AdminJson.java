package dev.hawser.engine.admin.pages;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthzPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.PerRouteConfig;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.maglev.v3.Maglev;
import io.envoyproxy.envoy.extensions.load_balancing_policies.random.v3.Random;
import io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.envoyproxy.envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin;
import io.envoyproxy.envoy.extensions.load_balancing_policies.subset.v3.Subset;
import io.envoyproxy.envoy.extensions.load_balancing_policies.wrr_locality.v3.WrrLocality;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.extensions.path.rewrite.uri_template.v3.UriTemplateRewriteConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;

/** Writes resources of any type that a proxy knows, their parts of other types included. */
final class AdminJson {
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().preservingProtoFieldNames().usingTypeRegistry(types());

  private AdminJson() {}

  private static TypeRegistry types() {
    return TypeRegistry.newBuilder()
        .add(HttpConnectionManager.getDescriptor())
        .add(ConnectionLimit.getDescriptor())
        .add(TcpProxy.getDescriptor())
        .add(io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor())
        .add(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDescriptor())
        .add(RBACPerRoute.getDescriptor())
        .add(Router.getDescriptor())
        .add(Cors.getDescriptor())
        .add(CorsPolicy.getDescriptor())
        .add(ExtAuthz.getDescriptor())
        .add(ExtAuthzPerRoute.getDescriptor())
        .add(HTTPFault.getDescriptor())
        .add(JwtAuthentication.getDescriptor())
        .add(PerRouteConfig.getDescriptor())
        .add(LocalRateLimit.getDescriptor())
        .add(RateLimit.getDescriptor())
        .add(RateLimitPerRoute.getDescriptor())
        .add(TlsInspector.getDescriptor())
        .add(DownstreamTlsContext.getDescriptor())
        .add(UpstreamTlsContext.getDescriptor())
        .add(RawBuffer.getDescriptor())
        .add(HttpProtocolOptions.getDescriptor())
        .add(PreviousHostsPredicate.getDescriptor())
        .add(PreviousPrioritiesConfig.getDescriptor())
        .add(LeastRequest.getDescriptor())
        .add(Maglev.getDescriptor())
        .add(Random.getDescriptor())
        .add(RingHash.getDescriptor())
        .add(RoundRobin.getDescriptor())
        .add(Subset.getDescriptor())
        .add(WrrLocality.getDescriptor())
        .add(UriTemplateMatchConfig.getDescriptor())
        .add(UriTemplateRewriteConfig.getDescriptor())
        .add(io.envoyproxy.envoy.config.listener.v3.Listener.getDescriptor())
        .add(io.envoyproxy.envoy.config.cluster.v3.Cluster.getDescriptor())
        .add(io.envoyproxy.envoy.config.route.v3.RouteConfiguration.getDescriptor())
        .add(io.envoyproxy.envoy.config.route.v3.VirtualHost.getDescriptor())
        .add(io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment.getDescriptor())
        .add(io.envoyproxy.envoy.admin.v3.ListenersConfigDump.getDescriptor())
        .build();
  }

  /**
   * Writes a message.
   *
   * @throws InvalidProtocolBufferException if a part is of a type that this proxy does not know
   */
  static String tryWrite(Message message) throws InvalidProtocolBufferException {
    return PRINTER.print(message);
  }
}
