package dev.hawser.proxy.mesh;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.codec.ListenerCodec;
import dev.hawser.proxy.codec.RouteCodec;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.testing.TestAuthority;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * A caller over mutual TLS to an application, for tests of what is configured at the caller; made
 * once for a class.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RoutedPair {
  static final String ORDERS = "orders.shop:8080";
  static final String TYPE = "'@type': 'type.googleapis.com/envoy.extensions.filters.";

  private static final JsonFormat.Parser PARSER =
      JsonFormat.parser()
          .usingTypeRegistry(
              TypeRegistry.newBuilder()
                  .add(CorsPolicy.getDescriptor())
                  .add(Cors.getDescriptor())
                  .add(HTTPFault.getDescriptor())
                  .add(LocalRateLimit.getDescriptor())
                  .add(RateLimit.getDescriptor())
                  .add(Router.getDescriptor())
                  .add(HttpConnectionManager.getDescriptor())
                  .build());

  private final List<AutoCloseable> open = new ArrayList<>();
  final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Limiter limiter = new Limiter();
  App app;
  App other;
  TestProxy caller;
  int port;

  /** A rate limit service that has had enough of one user. */
  private static final class Limiter extends RateLimitServiceGrpc.RateLimitServiceImplBase {
    @Override
    public void shouldRateLimit(
        RateLimitRequest request, StreamObserver<RateLimitResponse> answer) {
      boolean over = request.getDescriptors(0).getEntries(0).getValue().equals("greedy");
      answer.onNext(
          RateLimitResponse.newBuilder()
              .setOverallCode(over ? RateLimitResponse.Code.OVER_LIMIT : RateLimitResponse.Code.OK)
              .build());
      answer.onCompleted();
    }
  }

  @BeforeAll
  void connect() throws Exception {
    TestAuthority authority = TestAuthority.create();
    app = keep(App.start("orders-1"));
    other = keep(App.start("other"));
    caller = keep(new TestProxy(authority, "east", "web"));
    TestProxy callee = keep(new TestProxy(authority, "east", "orders"));
    EndpointConfig endpoint =
        callee.serve(
            "orders",
            UpstreamConfig.Protocol.HTTP1,
            app.port(),
            Configs.callersOf("east.mesh.internal"));
    caller
        .plane()
        .upstreams()
        .configure(
            Configs.meshed(
                ORDERS, UpstreamConfig.Protocol.HTTP2, TestProxy.STABILITY, callee.id()));
    caller.plane().upstreams().update(Configs.set(ORDERS, Configs.group(0, endpoint)));
    caller
        .plane()
        .upstreams()
        .configure(Configs.application("other", UpstreamConfig.Protocol.HTTP1, other.port()));
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(limiter)
            .build()
            .start();
    open.addFirst(server::shutdownNow);
    caller
        .plane()
        .upstreams()
        .configure(Configs.application("limiter", UpstreamConfig.Protocol.HTTP2, server.getPort()));
    port = Configs.freePort();
    listen();
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.addFirst(one);
    return one;
  }

  @AfterAll
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    client.close();
  }

  @BeforeEach
  void forget() {
    app.headers.clear();
    app.requests.set(0);
    other.headers.clear();
    other.requests.set(0);
  }

  static String json(String text) {
    return text.replace('\'', '"');
  }

  void listen() throws ResourceRejectedException, IOException {
    Listener.Builder listener = Listener.newBuilder();
    PARSER.merge(
        json(
            """
            {'name': 'l', 'address': {'socketAddress':
              {'address': '127.0.0.1', 'portValue': %d}},
             'filterChains': [{'filters': [{'name': 'hcm', 'typedConfig': {
              %snetwork.http_connection_manager.v3.HttpConnectionManager',
              'statPrefix': 's', 'rds': {'routeConfigName': 't', 'configSource': {'ads': {}}},
              'httpFilters': [
               {'name': 'cors', 'typedConfig': {%shttp.cors.v3.Cors'}},
               {'name': 'fault', 'typedConfig': {%shttp.fault.v3.HTTPFault'}},
               {'name': 'local', 'typedConfig': {
                %shttp.local_ratelimit.v3.LocalRateLimit', 'statPrefix': 's'}},
               {'name': 'service', 'disabled': true, 'typedConfig': {
                %shttp.ratelimit.v3.RateLimit', 'domain': 'd', 'timeout': '5s',
                'failureModeDeny': true,
                'rateLimitService': {'transportApiVersion': 'V3',
                 'grpcService': {'envoyGrpc': {'clusterName': 'limiter'}}}}},
               {'name': 'router', 'typedConfig': {%shttp.router.v3.Router'}}]}}]}]}
            """
                .formatted(port, TYPE, TYPE, TYPE, TYPE, TYPE, TYPE)),
        listener);
    caller.plane().listeners().put(ListenerCodec.read(listener.build()));
  }

  void routes(String... routes) throws InvalidProtocolBufferException, ResourceRejectedException {
    host("'routes': [" + String.join(", ", routes) + "]");
  }

  void host(String rest) throws InvalidProtocolBufferException, ResourceRejectedException {
    RouteConfiguration.Builder table = RouteConfiguration.newBuilder();
    PARSER.merge(
        json("{'name': 't', 'virtualHosts': [{'name': 'h', 'domains': ['*'], " + rest + "}]}"),
        table);
    caller.plane().routes().put(RouteCodec.read(table.build()));
  }

  static String toOrders(String rest) {
    return "{'match': {'prefix': '/'}, 'route': {'cluster': '" + ORDERS + "'" + rest + "}}";
  }

  static String withFilter(String filter, String config) {
    return "{'match': {'prefix': '/'}, 'route': {'cluster': '"
        + ORDERS
        + "'}, 'typedPerFilterConfig': {'"
        + filter
        + "': {"
        + TYPE
        + "http."
        + config
        + "}}}";
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, "", headers);
  }

  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  Map<String, List<String>> seen() {
    return app.headers.getLast();
  }
}
