package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.codec.ListenerCodec;
import dev.hawser.proxy.codec.RouteCodec;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What routes and filters do, from a caller over mutual TLS to an application. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoutePathTest {
  private static final String ORDERS = "orders.shop:8080";
  private static final String TYPE = "'@type': 'type.googleapis.com/envoy.extensions.filters.";

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
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Limiter limiter = new Limiter();
  private App app;
  private App other;
  private TestProxy caller;
  private int port;

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
    port = FreePorts.next();
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

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  private void listen() throws ResourceRejectedException, IOException {
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

  private void routes(String... routes)
      throws InvalidProtocolBufferException, ResourceRejectedException {
    host("'routes': [" + String.join(", ", routes) + "]");
  }

  private void host(String rest) throws InvalidProtocolBufferException, ResourceRejectedException {
    RouteConfiguration.Builder table = RouteConfiguration.newBuilder();
    PARSER.merge(
        json("{'name': 't', 'virtualHosts': [{'name': 'h', 'domains': ['*'], " + rest + "}]}"),
        table);
    caller.plane().routes().put(RouteCodec.read(table.build()));
  }

  private static String toOrders(String rest) {
    return "{'match': {'prefix': '/'}, 'route': {'cluster': '" + ORDERS + "'" + rest + "}}";
  }

  private static String withFilter(String filter, String config) {
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

  private HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, "", headers);
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers)
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

  private Map<String, List<String>> seen() {
    return app.headers.getLast();
  }

  @Test
  void pathAndHostAreRewrittenAndHeadsChangedOnTheWay() throws Exception {
    host(
        "'includeRequestAttemptCount': true, 'includeAttemptCountInResponse': true,"
            + " 'requestHeadersToAdd': [{'header': {'key': 'x-level', 'value': 'host'}}],"
            + " 'routes': [{'name': 'api', 'match': {'prefix': '/api/'},"
            + " 'route': {'cluster': '"
            + ORDERS
            + "', 'prefixRewrite': '/', 'hostRewriteLiteral': 'orders.internal'},"
            + " 'requestHeadersToAdd': [{'header': {'key': 'x-level', 'value': 'route'}},"
            + " {'header': {'key': 'x-route', 'value': '%ROUTE_NAME% %UPSTREAM_CLUSTER%'}}],"
            + " 'requestHeadersToRemove': ['x-secret'],"
            + " 'responseHeadersToAdd': [{'header': {'key': 'x-said', 'value':"
            + " '%RESPONSE_CODE% %REQ(x-route)%'}}]}]");

    HttpResponse<String> response = get("/api/?q=1", "x-secret", "s", "x-envoy-retry-on", "5xx");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("orders-1");
    assertThat(response.headers().firstValue("x-said")).contains("200 api " + ORDERS);
    assertThat(response.headers().firstValue("x-envoy-attempt-count")).contains("1");
    assertThat(seen())
        .containsEntry("Host", List.of("orders.internal"))
        .containsEntry("X-level", List.of("route", "host"))
        .containsEntry("X-envoy-original-path", List.of("/api/?q=1"))
        .containsEntry("X-envoy-attempt-count", List.of("1"))
        .doesNotContainKeys("X-secret", "X-envoy-retry-on");
    assertThat(get("/other").statusCode()).isEqualTo(404);
  }

  @Test
  void redirectAndDirectResponseDoNotReachTheApplication() throws Exception {
    routes(
        "{'match': {'prefix': '/old'}, 'redirect': {'prefixRewrite': '/new',"
            + " 'responseCode': 'TEMPORARY_REDIRECT'}}",
        "{'match': {'path': '/hello'}, 'directResponse': {'status': 418,"
            + " 'body': {'inlineString': 'short and stout'}},"
            + " 'responseHeadersToAdd': [{'header': {'key': 'x-tea', 'value': 'yes'}}]}",
        toOrders(""));

    HttpResponse<String> moved = get("/old/x?q");
    assertThat(moved.statusCode()).isEqualTo(307);
    assertThat(moved.headers().firstValue("location"))
        .contains("http://127.0.0.1:" + port + "/new/x?q");
    HttpResponse<String> direct = get("/hello");
    assertThat(direct.statusCode()).isEqualTo(418);
    assertThat(direct.body()).isEqualTo("short and stout");
    assertThat(direct.headers().firstValue("x-tea")).contains("yes");
    assertThat(send("HEAD", "/hello", "").body()).isEmpty();
    assertThat(app.requests).hasValue(0);
  }

  @Test
  void weightsShareRequestsAndAHeaderCanTakeThePlaceOfChance() throws Exception {
    routes(
        "{'match': {'prefix': '/'}, 'route': {'weightedClusters': {'headerName': 'x-random',"
            + " 'clusters': [{'name': '"
            + ORDERS
            + "', 'weight': 50}, {'name': 'other', 'weight': 50, 'requestHeadersToAdd':"
            + " [{'header': {'key': 'x-variant', 'value': 'b'}}]}]}}}");

    Set<String> answers = new HashSet<>();
    await().until(() -> answers.add(get("/").body()) && answers.size() == 2);
    other.headers.clear();

    assertThat(get("/", "x-random", "249").body()).isEqualTo("orders-1");
    assertThat(get("/", "x-random", "250").body()).isEqualTo("other");
    assertThat(other.headers.getLast()).containsEntry("X-variant", List.of("b"));
  }

  @Test
  void headerNamesTheUpstreamButOnlyOneThatIsKnown() throws Exception {
    routes("{'match': {'prefix': '/'}, 'route': {'clusterHeader': 'x-to'}}");

    assertThat(get("/", "x-to", "other").body()).isEqualTo("other");
    assertThat(get("/", "x-to", "nobody-" + port).statusCode()).isEqualTo(503);
    assertThat(get("/").statusCode()).isEqualTo(503);
    assertThat(caller.plane().upstreams().find("nobody-" + port)).isNull();
  }

  @Test
  void copyOfARequestGoesElsewhereWithItsBody() throws Exception {
    routes(
        toOrders(
            ", 'requestMirrorPolicies': [{'cluster': 'other'}, {'cluster': 'other',"
                + " 'runtimeFraction': {'defaultValue': {'numerator': 0}}}]"));

    HttpResponse<String> response = send("POST", "/echo", "x".repeat(100_000));

    assertThat(response.body()).hasSize(100_000);
    await().untilAsserted(() -> assertThat(other.requests).hasValue(1));
    assertThat(other.headers.getLast())
        .containsEntry("Host", List.of("127.0.0.1-shadow:" + port))
        .containsEntry("Content-length", List.of("100000"));
  }

  @Test
  void copyToWhereNobodyAnswersHurtsNobody() throws Exception {
    routes(toOrders(", 'requestMirrorPolicies': [{'cluster': 'not-there'}]"));

    assertThat(send("POST", "/echo", "hello").body()).isEqualTo("hello");
  }

  @Test
  void requestThatTakesTooLongInAllEndsWithItsOwnFlag() throws Exception {
    routes(toOrders(", 'maxStreamDuration': {'maxStreamDuration': '0.2s'}"));

    assertThat(get("/slow").statusCode()).isEqualTo(504);
    await()
        .untilAsserted(() ->
            assertThat(String.join("\n", caller.logLines())).contains("\"response_flags\":\"DT\""));
  }

  @Test
  void browserIsToldWhatItMayDo() throws Exception {
    routes(
        withFilter(
            "cors",
            "cors.v3.CorsPolicy', 'allowOriginStringMatch': [{'exact': 'https://a.example'}],"
                + " 'allowMethods': 'GET,PUT', 'maxAge': '60', 'exposeHeaders': 'x-e',"
                + " 'allowCredentials': true"));

    HttpResponse<String> may =
        send(
            "OPTIONS",
            "/",
            "",
            "Origin",
            "https://a.example",
            "Access-Control-Request-Method",
            "PUT");
    assertThat(may.statusCode()).isEqualTo(200);
    assertThat(may.headers().firstValue("access-control-allow-methods")).contains("GET,PUT");
    assertThat(may.headers().firstValue("access-control-allow-origin"))
        .contains("https://a.example");
    assertThat(app.requests).hasValue(0);
    HttpResponse<String> plain = get("/", "Origin", "https://a.example");
    assertThat(plain.body()).isEqualTo("orders-1");
    assertThat(plain.headers().firstValue("access-control-expose-headers")).contains("x-e");
    assertThat(plain.headers().firstValue("access-control-allow-credentials")).contains("true");
    HttpResponse<String> stranger = get("/", "Origin", "https://b.example");
    assertThat(stranger.headers().firstValue("access-control-allow-origin")).isEmpty();
  }

  @Test
  void faultsAreMadeForTheRequestsThatAreMeant() throws Exception {
    String all = "'percentage': {'numerator': 100}";
    routes(
        withFilter(
            "fault",
            "fault.v3.HTTPFault', 'abort': {'httpStatus': 503, "
                + all
                + "}, 'delay': {'fixedDelay': '0.3s', "
                + all
                + "}, 'headers': [{'name': 'x-test', 'presentMatch': true}]"));

    long start = System.nanoTime();
    HttpResponse<String> broken = get("/", "x-test", "1");
    long took = System.nanoTime() - start;

    assertThat(broken.statusCode()).isEqualTo(503);
    assertThat(broken.body()).isEqualTo("fault filter abort");
    assertThat(took).isGreaterThan(300_000_000L);
    assertThat(app.requests).hasValue(0);
    assertThat(get("/").statusCode()).isEqualTo(200);
    await()
        .untilAsserted(() ->
            assertThat(String.join("\n", caller.logLines()))
                .contains("\"response_flags\":\"DI,FI\"")
                .contains("\"response_code_details\":\"fault_filter_abort\""));
  }

  @Test
  void callerAsksForAFaultByHeaderWhereThatIsAllowed() throws Exception {
    routes(
        withFilter(
            "fault",
            "fault.v3.HTTPFault', 'abort': {'headerAbort': {},"
                + " 'percentage': {'numerator': 100}}"));

    assertThat(get("/", "x-envoy-fault-abort-request", "429").statusCode()).isEqualTo(429);
    HttpResponse<String> grpc =
        send(
            "POST",
            "/",
            "",
            "content-type",
            "application/grpc",
            "x-envoy-fault-abort-grpc-request",
            "4");
    assertThat(grpc.statusCode()).isEqualTo(200);
    assertThat(grpc.headers().firstValue("grpc-status")).contains("4");
    assertThat(get("/", "x-envoy-fault-abort-request", "42").statusCode()).isEqualTo(200);
    assertThat(
            get(
                    "/",
                    "x-envoy-fault-abort-request",
                    "429",
                    "x-envoy-fault-abort-request-percentage",
                    "0")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void requestsBeyondTheRateAreRefusedAndToldWhy() throws Exception {
    String full = "{'defaultValue': {'numerator': 100}}";
    routes(
        withFilter(
            "local",
            "local_ratelimit.v3.LocalRateLimit', 'statPrefix': 's',"
                + " 'tokenBucket': {'maxTokens': 2, 'fillInterval': '3600s'},"
                + " 'filterEnabled': "
                + full
                + ", 'filterEnforced': "
                + full
                + ", 'enableXRatelimitHeaders': 'DRAFT_VERSION_03',"
                + " 'responseHeadersToAdd': [{'header': {'key': 'x-limited', 'value': 'yes'}}]"));

    HttpResponse<String> first = get("/");
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.headers().firstValue("x-ratelimit-limit")).contains("2");
    assertThat(first.headers().firstValue("x-ratelimit-remaining")).contains("1");
    assertThat(get("/").statusCode()).isEqualTo(200);
    HttpResponse<String> third = get("/");

    assertThat(third.statusCode()).isEqualTo(429);
    assertThat(third.body()).isEqualTo("local_rate_limited");
    assertThat(third.headers().firstValue("x-limited")).contains("yes");
    assertThat(app.requests).hasValue(2);
  }

  @Test
  void describedRequestsHaveABucketOfTheirOwn() throws Exception {
    String full = "{'defaultValue': {'numerator': 100}}";
    routes(
        "{'match': {'prefix': '/'}, 'route': {'cluster': '"
            + ORDERS
            + "', 'rateLimits': [{'actions': [{'requestHeaders': {'headerName': 'x-user',"
            + " 'descriptorKey': 'user'}}]}]}, 'typedPerFilterConfig': {'local': {"
            + TYPE
            + "http.local_ratelimit.v3.LocalRateLimit', 'statPrefix': 's',"
            + " 'tokenBucket': {'maxTokens': 100, 'fillInterval': '3600s'},"
            + " 'descriptors': [{'entries': [{'key': 'user', 'value': 'greedy'}],"
            + " 'tokenBucket': {'maxTokens': 1, 'fillInterval': '3600s'}}],"
            + " 'filterEnabled': "
            + full
            + ", 'filterEnforced': "
            + full
            + "}}}");

    assertThat(get("/", "x-user", "greedy").statusCode()).isEqualTo(200);
    assertThat(get("/", "x-user", "greedy").statusCode()).isEqualTo(429);
    assertThat(get("/", "x-user", "modest").statusCode()).isEqualTo(200);
    assertThat(get("/").statusCode()).isEqualTo(200);
  }

  @Test
  void serviceOfLimitsIsAskedWhereTheRouteEnablesIt() throws Exception {
    String described =
        ", 'rateLimits': [{'actions': [{'requestHeaders': {'headerName': 'x-user',"
            + " 'descriptorKey': 'user'}}]}]}";
    String enabled =
        ", 'typedPerFilterConfig': {'service': {'@type':"
            + " 'type.googleapis.com/envoy.config.route.v3.FilterConfig'}}}";
    String start = "{'match': {'prefix': '/'}, 'route': {'cluster': '" + ORDERS + "'";
    TypeRegistry registry =
        TypeRegistry.newBuilder()
            .add(io.envoyproxy.envoy.config.route.v3.FilterConfig.getDescriptor())
            .build();
    RouteConfiguration.Builder table = RouteConfiguration.newBuilder();
    JsonFormat.parser()
        .usingTypeRegistry(registry)
        .merge(
            json(
                "{'name': 't', 'virtualHosts': [{'name': 'h', 'domains': ['*'], 'routes': ["
                    + start
                    + described
                    + enabled
                    + "]}]}"),
            table);
    caller.plane().routes().put(RouteCodec.read(table.build()));

    HttpResponse<String> refused = get("/", "x-user", "greedy");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("x-envoy-ratelimited")).contains("true");
    assertThat(get("/", "x-user", "modest").statusCode()).isEqualTo(200);
    assertThat(get("/").statusCode()).isEqualTo(200);
    routes(start + described + "}");
    assertThat(get("/", "x-user", "greedy").statusCode()).isEqualTo(200);
  }
}
