package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real collector takes spans, and an application sees whose trace a request belongs to. */
class TracePathTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private App app;
  private Collector collector;
  private TestProxy proxy;

  @BeforeEach
  void start() throws Exception {
    app = keep(App.start("app"));
    collector = keep(Collector.start());
    proxy = keep(new TestProxy(TestAuthority.create(), "east", "web"));
    proxy
        .plane()
        .upstreams()
        .configure(Configs.application("app", UpstreamConfig.Protocol.HTTP1, app.port()));
    proxy
        .plane()
        .upstreams()
        .configure(
            Configs.application("collector", UpstreamConfig.Protocol.HTTP2, collector.port()));
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.addFirst(one);
    return one;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    client.close();
  }

  /** Listens, traced by the collector as these fields say. */
  private int listen(String fields) throws Exception {
    return listenWith(
        "\"grpc_service\":{\"envoy_grpc\":{\"cluster_name\":\"collector\"},\"timeout\":\"20s\"}",
        fields);
  }

  private int listenWith(String service, String fields) throws Exception {
    int port = FreePorts.next();
    String tracing =
        """
        "tracing":{%s"provider":{"name":"envoy.tracers.opentelemetry","typed_config":{
          "@type":"type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig",
          "service_name":"web.shop",%s}}}
        """
            .formatted(fields.isEmpty() ? "" : fields + ",", service);
    proxy.plane().listeners().put(Envoys.observed(port, "app", tracing));
    return port;
  }

  private Map<String, List<String>> get(int port, String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).isLessThan(600);
    return app.headers.isEmpty() ? Map.of() : app.headers.getLast();
  }

  private Span onlySpan() {
    await().atMost(SOON).until(() -> !collector.spans().isEmpty());
    assertThat(collector.spans()).hasSize(1);
    return collector.spans().getFirst();
  }

  private static String parent(Map<String, List<String>> seen) {
    return first(seen, "Traceparent");
  }

  private static String first(Map<String, List<String>> seen, String name) {
    return Objects.requireNonNull(seen.get(name), name).getFirst();
  }

  @Test
  void aRequestWithoutATraceBeginsOneAndItsSpanReachesTheCollector() throws Exception {
    int port =
        listen(
            "\"custom_tags\":["
                + "{\"tag\":\"zone\",\"literal\":{\"value\":\"a\"}},"
                + "{\"tag\":\"tenant\",\"request_header\":{\"name\":\"X-Tenant\"}},"
                + "{\"tag\":\"plan\",\"request_header\":{\"name\":\"x-plan\","
                + "\"default_value\":\"free\"}},"
                + "{\"tag\":\"home\",\"environment\":{\"name\":\"PATH\"}},"
                + "{\"tag\":\"no\",\"environment\":{\"name\":\"NO_SUCH_VARIABLE\","
                + "\"default_value\":\"none\"}}]");

    String parent = parent(get(port, "/orders?id=1", "x-tenant", "blue", "user-agent", "me/1"));

    Span span = onlySpan();
    String trace = Collector.hex(span.getTraceId());
    assertThat(parent).isEqualTo("00-" + trace + "-" + Collector.hex(span.getSpanId()) + "-01");
    assertThat(span.getParentSpanId().isEmpty()).isTrue();
    assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
    assertThat(span.getName()).isEqualTo("egress 127.0.0.1:" + port);
    assertThat(span.getEndTimeUnixNano()).isGreaterThan(span.getStartTimeUnixNano());
    assertThat(collector.requests.getFirst().getResourceSpans(0).getResource().getAttributes(0))
        .hasToString("key: \"service.name\"\nvalue {\n  string_value: \"web.shop\"\n}\n");
    assertThat(Collector.tag(span, "http.url"))
        .isEqualTo("http://127.0.0.1:" + port + "/orders?id=1");
    assertThat(Collector.tag(span, "http.method")).isEqualTo("GET");
    assertThat(Collector.tag(span, "http.status_code")).isEqualTo("200");
    assertThat(Collector.tag(span, "upstream_cluster")).isEqualTo("app");
    assertThat(Collector.tag(span, "user_agent")).isEqualTo("me/1");
    assertThat(Collector.tag(span, "zone")).isEqualTo("a");
    assertThat(Collector.tag(span, "tenant")).isEqualTo("blue");
    assertThat(Collector.tag(span, "plan")).isEqualTo("free");
    assertThat(Collector.tag(span, "home")).isNotEmpty();
    assertThat(Collector.tag(span, "no")).isEqualTo("none");
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(proxy.metrics()).contains("hawser_spans_sent_total 1"));
  }

  @Test
  void aCallersTraceGoesOn() throws Exception {
    int port = listen("");

    Map<String, List<String>> seen =
        get(
            port,
            "/",
            "traceparent",
            "00-" + TRACE + "-" + PARENT + "-01",
            "tracestate",
            "rojo=1,congo=2");

    Span span = onlySpan();
    assertThat(Collector.hex(span.getTraceId())).isEqualTo(TRACE);
    assertThat(Collector.hex(span.getParentSpanId())).isEqualTo(PARENT);
    assertThat(parent(seen))
        .isEqualTo("00-" + TRACE + "-" + Collector.hex(span.getSpanId()) + "-01");
    assertThat(seen.get("Tracestate")).containsExactly("rojo=1,congo=2");
    assertThat(span.getTraceState()).isEqualTo("rojo=1,congo=2");
  }

  @Test
  void whatTheCallerDoesNotSampleIsNotSampledHere() throws Exception {
    int port = listen("");

    String parent = parent(get(port, "/", "traceparent", "00-" + TRACE + "-" + PARENT + "-00"));

    assertThat(parent).startsWith("00-" + TRACE + "-").endsWith("-00").doesNotContain(PARENT);
    get(port, "/sampled");
    assertThat(Collector.tag(onlySpan(), "http.url")).endsWith("/sampled");
  }

  @Test
  void b3GoesOnInTheFormInWhichItCame() throws Exception {
    int port = listen("");

    Map<String, List<String>> single = get(port, "/", "b3", TRACE + "-" + PARENT + "-1");
    assertThat(first(single, "B3"))
        .matches(TRACE + "-[0-9a-f]{16}-1-" + PARENT)
        .doesNotStartWith(TRACE + "-" + PARENT);
    assertThat(parent(single)).startsWith("00-" + TRACE + "-");

    Map<String, List<String>> multi =
        get(
            port,
            "/",
            "x-b3-traceid",
            TRACE.substring(16),
            "x-b3-spanid",
            PARENT,
            "x-b3-sampled",
            "0");
    assertThat(multi.get("X-b3-traceid")).containsExactly(TRACE.substring(16));
    assertThat(multi.get("X-b3-parentspanid")).containsExactly(PARENT);
    assertThat(multi.get("X-b3-sampled")).containsExactly("0");
    assertThat(first(multi, "X-b3-spanid")).matches("[0-9a-f]{16}").isNotEqualTo(PARENT);

    Span span = onlySpan();
    assertThat(Collector.hex(span.getTraceId())).isEqualTo(TRACE);
    assertThat(Collector.hex(span.getParentSpanId())).isEqualTo(PARENT);
  }

  @Test
  void malformedWordsBeginANewTrace() throws Exception {
    int port = listen("");
    for (String bad :
        List.of(
            "00-" + TRACE + "-" + PARENT,
            "00-" + TRACE + "-" + PARENT + "-01-x",
            "ff-" + TRACE + "-" + PARENT + "-01",
            "00-" + "0".repeat(32) + "-" + PARENT + "-01",
            "00-" + TRACE + "-" + "0".repeat(16) + "-01",
            "00-" + TRACE.toUpperCase(java.util.Locale.ROOT) + "-" + PARENT + "-01",
            "garbage")) {
      assertThat(parent(get(port, "/", "traceparent", bad)))
          .as(bad)
          .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01")
          .doesNotContain(TRACE);
    }
  }

  @Test
  void samplingTakesItsShareAndACallerMayAskForMore() throws Exception {
    int port = listen("\"random_sampling\":{\"value\":0}");

    assertThat(parent(get(port, "/unasked"))).endsWith("-00");
    assertThat(parent(get(port, "/asked", "x-client-trace-id", "me"))).endsWith("-01");
    assertThat(Collector.tag(onlySpan(), "http.url")).endsWith("/asked");

    int none = listen("\"overall_sampling\":{\"value\":0},\"client_sampling\":{\"value\":100}");
    assertThat(parent(get(none, "/", "x-client-trace-id", "me"))).endsWith("-00");
  }

  @Test
  void triesHaveSpansOfTheirOwnUnderTheRequestsWhereThatIsWanted() throws Exception {
    int port = listen("\"spawn_upstream_span\":true");
    app.status = 503;

    String parent = parent(get(port, "/"));

    await().atMost(SOON).until(() -> collector.spans().size() == 3);
    Span request =
        collector.spans().stream()
            .filter(span -> span.getKind() == Span.SpanKind.SPAN_KIND_SERVER)
            .findFirst()
            .orElseThrow();
    List<Span> tries =
        collector.spans().stream()
            .filter(span -> span.getKind() == Span.SpanKind.SPAN_KIND_CLIENT)
            .toList();
    assertThat(tries)
        .hasSize(2)
        .allSatisfy(one -> {
          assertThat(one.getParentSpanId()).isEqualTo(request.getSpanId());
          assertThat(Collector.tag(one, "http.status_code")).isEqualTo("503");
          assertThat(one.getStatus().getCodeValue()).isEqualTo(2);
        });
    assertThat(parent).contains(Collector.hex(tries.getLast().getSpanId()));
    assertThat(Collector.tag(request, "error")).isEqualTo("true");
  }

  @Test
  void aCollectorOfHttpTakesSpansToo() throws Exception {
    List<ExportTraceServiceRequest> taken = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext(
        "/v1/traces",
        exchange -> {
          taken.add(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()));
          exchange.getResponseHeaders().set("x-token", exchange.getRequestHeaders().getFirst("k"));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    keep(() -> server.stop(0));
    proxy
        .plane()
        .upstreams()
        .configure(
            Configs.application(
                "web-collector", UpstreamConfig.Protocol.HTTP1, server.getAddress().getPort()));
    int port =
        listenWith(
            "\"http_service\":{\"http_uri\":{\"uri\":\"http://c:4318/v1/traces\","
                + "\"cluster\":\"web-collector\",\"timeout\":\"20s\"},"
                + "\"request_headers_to_add\":[{\"header\":{\"key\":\"k\",\"value\":\"v\"}}]}",
            "");

    get(port, "/");

    await().atMost(SOON).until(() -> taken.size() == 1);
    assertThat(taken.getFirst().getResourceSpans(0).getScopeSpans(0).getSpansCount()).isOne();
  }

  @Test
  void spansForACollectorThatIsNotThereAreDroppedAndCountedAndRequestsGoOn() throws Exception {
    collector.close();
    int port = listen("");

    for (int i = 0; i < 20; i++) {
      get(port, "/");
    }

    assertThat(app.requests.get()).isEqualTo(20);
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(proxy.metrics())
                .containsPattern("hawser_spans_dropped_total\\{reason=\"failed\"\\} [1-9]"));
  }

  @Test
  void withoutTracingNobodyTouchesTheTrace() throws Exception {
    int port = FreePorts.next();
    proxy.plane().listeners().put(Envoys.listener(port, "app"));

    assertThat(get(port, "/")).doesNotContainKey("Traceparent");
    assertThat(parent(get(port, "/", "traceparent", "anything"))).isEqualTo("anything");
  }

  @Test
  void aDecisionCountsWithoutATrace() throws Exception {
    int port = listen("");
    assertThat(parent(get(port, "/", "b3", "0"))).endsWith("-00");
    assertThat(parent(get(port, "/", "x-b3-sampled", "0"))).endsWith("-00");
    assertThat(parent(get(port, "/", "b3", "1"))).endsWith("-01");
  }
}
