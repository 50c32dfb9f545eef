package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.proxy.codec.RouteCodec;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** What filters do that routes may say something about: CORS, faults and limits. */
class FilterPathTest extends RoutedPair {
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
