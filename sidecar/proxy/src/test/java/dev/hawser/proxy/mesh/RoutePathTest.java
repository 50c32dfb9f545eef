package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What routes do. */
class RoutePathTest extends RoutedPair {
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
}
