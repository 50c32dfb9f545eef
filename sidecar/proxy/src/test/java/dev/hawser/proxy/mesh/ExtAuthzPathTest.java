package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.rpc.Status;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real services say who may pass, and some mean harm. */
class ExtAuthzPathTest {
  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<AttributeContext.HttpRequest> asked = new CopyOnWriteArrayList<>();
  private App app;
  private TestProxy proxy;

  @BeforeEach
  void start() throws IOException {
    app = keep(App.start("app"));
    proxy = keep(new TestProxy(TestAuthority.create(), "east", "web"));
    proxy
        .plane()
        .upstreams()
        .configure(Configs.application("app", UpstreamConfig.Protocol.HTTP1, app.port()));
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

  private int listen(String fields) throws IOException, ResourceRejectedException {
    int port = FreePorts.next();
    String common = "\"transport_api_version\":\"V3\",";
    proxy
        .plane()
        .listeners()
        .put(Envoys.listener(port, "app", Envoys.filter("ext_authz", common + fields)));
    return port;
  }

  /** Starts a service; an empty answer is none at all. */
  private String grpc(Function<AttributeContext.HttpRequest, Optional<CheckResponse>> judge)
      throws IOException {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(
                new AuthorizationGrpc.AuthorizationImplBase() {
                  @Override
                  public void check(CheckRequest request, StreamObserver<CheckResponse> answer) {
                    AttributeContext.HttpRequest http =
                        request.getAttributes().getRequest().getHttp();
                    asked.add(http);
                    judge
                        .apply(http)
                        .ifPresent(response -> {
                          answer.onNext(response);
                          answer.onCompleted();
                        });
                  }
                })
            .build()
            .start();
    keep(server::shutdownNow);
    int port = server.getPort();
    proxy
        .plane()
        .upstreams()
        .configure(Configs.application("authz", UpstreamConfig.Protocol.HTTP2, port));
    return "\"grpc_service\":{\"envoy_grpc\":{\"cluster_name\":\"authz\"},\"timeout\":\"2s\"}";
  }

  private static HeaderValueOption header(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
        .build();
  }

  private HttpResponse<String> send(HttpRequest.Builder request, int port, String path)
      throws IOException, InterruptedException {
    return client.send(
        request.uri(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(int port, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder();
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request, port, "/x?y=1");
  }

  @Test
  void whoeverIsAllowedArrivesAsTheServiceSays() throws Exception {
    int port =
        listen(
            grpc(_ ->
                Optional.of(
                    CheckResponse.newBuilder()
                        .setOkResponse(
                            OkHttpResponse.newBuilder()
                                .addHeaders(header("X-User", "alice"))
                                .addHeadersToRemove("x-secret")
                                .addResponseHeadersToAdd(header("x-checked", "yes")))
                        .build())));
    HttpResponse<String> answer = get(port, "x-user", "mallory", "x-secret", "s");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-checked")).contains("yes");
    assertThat(app.headers.getFirst().get("X-user")).containsExactly("alice");
    assertThat(app.headers.getFirst()).doesNotContainKey("X-secret");
    assertThat(asked.getFirst().getPath()).isEqualTo("/x?y=1");
    assertThat(asked.getFirst().getMethod()).isEqualTo("GET");
    assertThat(asked.getFirst().getHeadersMap()).containsEntry("x-secret", "s");
  }

  @Test
  void whoeverIsDeniedIsToldInTheServicesWords() throws Exception {
    int port =
        listen(
            grpc(_ ->
                Optional.of(
                    CheckResponse.newBuilder()
                        .setStatus(Status.newBuilder().setCode(7))
                        .setDeniedResponse(
                            DeniedHttpResponse.newBuilder()
                                .setStatus(
                                    HttpStatus.newBuilder().setCode(StatusCode.PaymentRequired))
                                .addHeaders(header("x-why", "bill"))
                                .setBody("pay first"))
                        .build())));
    HttpResponse<String> answer = get(port);
    assertThat(answer.statusCode()).isEqualTo(402);
    assertThat(answer.body()).isEqualTo("pay first");
    assertThat(answer.headers().firstValue("x-why")).contains("bill");
    assertThat(app.requests).hasValue(0);
  }

  @Test
  void theServiceIsAskedOnceAboutARequestThatWasUnderWayWhenItCame() throws Exception {
    int port = FreePorts.next();
    proxy.plane().listeners().put(Envoys.listener(port, "app"));
    CompletableFuture<HttpResponse<String>> stays = slow(port, 1);
    AtomicInteger code = new AtomicInteger();
    String service =
        grpc(_ ->
            Optional.of(
                CheckResponse.newBuilder()
                    .setStatus(Status.newBuilder().setCode(code.get()))
                    .build()));
    change(port, service);
    await().until(() -> asked.size() == 1);
    assertThat(asked.getFirst().getPath()).isEqualTo("/slow");
    change(port, service);
    assertThat(stays.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    assertThat(asked).hasSize(1);

    CompletableFuture<HttpResponse<String>> ends = slow(port, 2);
    code.set(7);
    change(port, service);
    change(port, service + ",\"metadata_context_namespaces\":[\"other\"]");
    assertThat(ends.get(2, TimeUnit.SECONDS).statusCode()).isEqualTo(403);
    assertThat(asked).hasSize(3);
  }

  /** Begins a request that takes three seconds, and returns once the application has it. */
  private CompletableFuture<HttpResponse<String>> slow(int port, int number) {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/slow")).build(),
            HttpResponse.BodyHandlers.ofString());
    await().until(() -> app.requests.get() == number);
    return answer;
  }

  private void change(int port, String fields) throws IOException, ResourceRejectedException {
    String filter = Envoys.filter("ext_authz", "\"transport_api_version\":\"V3\"," + fields);
    proxy.plane().listeners().put(Envoys.listener(port, "app", filter));
    proxy.plane().reconsider();
  }

  @Test
  void nobodyPassesWhileTheServiceIsSilentUnlessConfigurationSaysSo() throws Exception {
    String silent = grpc(_ -> Optional.empty()).replace("2s", "0.2s");
    assertThat(get(listen(silent)).statusCode()).isEqualTo(403);
    assertThat(get(listen(silent + ",\"status_on_error\":{\"code\":503}")).statusCode())
        .isEqualTo(503);
    assertThat(app.requests).hasValue(0);
    int passing =
        listen(silent + ",\"failure_mode_allow\":true,\"failure_mode_allow_header_add\":true");
    assertThat(get(passing).statusCode()).isEqualTo(200);
    assertThat(app.headers.getFirst().get("X-envoy-auth-failure-mode-allowed"))
        .containsExactly("true");
    String absent = silent.replace("\"authz\"", "\"nowhere\"");
    proxy.plane().upstreams().remove("nowhere");
    assertThat(get(listen(absent)).statusCode()).isEqualTo(403);
  }

  @Test
  void aServiceCannotSmuggle() throws Exception {
    for (HeaderValueOption evil :
        List.of(
            header("x-a", "b\r\nx-c: d"),
            header("content-length", "5"),
            header("transfer-encoding", "chunked"),
            header(":path", "/admin"),
            header("host", "other"))) {
      int port =
          listen(
              grpc(_ ->
                  Optional.of(
                      CheckResponse.newBuilder()
                          .setOkResponse(OkHttpResponse.newBuilder().addHeaders(evil))
                          .build())));
      assertThat(get(port).statusCode()).as(evil.toString()).isEqualTo(403);
    }
    assertThat(app.requests).hasValue(0);
  }

  @Test
  void theServiceSeesABoundedPartOfTheBody() throws Exception {
    String service = grpc(_ -> Optional.of(CheckResponse.getDefaultInstance()));
    String body = "x".repeat(100_000);
    int cutting =
        listen(
            service
                + ",\"with_request_body\":{\"max_request_bytes\":1000,"
                + "\"allow_partial_message\":true}");
    HttpRequest.Builder post =
        HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(body));
    assertThat(send(post, cutting, "/echo").body()).isEqualTo(body);
    assertThat(asked.getLast().getBody()).hasSize(1000);
    assertThat(asked.getLast().getHeadersMap()).containsEntry("x-envoy-auth-partial-body", "true");

    int strict = listen(service + ",\"with_request_body\":{\"max_request_bytes\":1000}");
    assertThat(send(post, strict, "/echo").statusCode()).isEqualTo(413);
    HttpRequest.Builder small =
        HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString("hello"));
    assertThat(send(small, strict, "/echo").body()).isEqualTo("hello");
    assertThat(asked.getLast().getBody()).isEqualTo("hello");
  }

  @Test
  void anHttpServiceDecidesByItsStatus() throws Exception {
    List<String> paths = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext(
        "/check",
        exchange -> {
          paths.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("x-no"));
          answer(exchange);
        });
    server.start();
    keep(() -> {
      server.stop(0);
      threads.shutdownNow();
    });
    proxy
        .plane()
        .upstreams()
        .configure(
            Configs.application(
                "check", UpstreamConfig.Protocol.HTTP1, server.getAddress().getPort()));
    int port =
        listen(
            """
            "allowed_headers":{"patterns":[{"exact":"X-Want"}]},
            "http_service":{"server_uri":{"uri":"http://check","cluster":"check","timeout":"2s"},
             "path_prefix":"/check",
             "authorization_response":{"allowed_upstream_headers":{"patterns":[{"exact":"x-user"}]},
              "allowed_client_headers":{"patterns":[{"prefix":"x-"}]}}}
            """);
    assertThat(get(port, "x-want", "200", "x-no", "secret").statusCode()).isEqualTo(200);
    assertThat(paths).containsExactly("/check/x?y=1 null");
    assertThat(app.headers.getFirst().get("X-user")).containsExactly("bob");
    HttpResponse<String> denied = get(port, "x-want", "401");
    assertThat(denied.statusCode()).isEqualTo(401);
    assertThat(denied.body()).isEqualTo("no");
    assertThat(denied.headers().firstValue("x-user")).contains("bob");
    assertThat(denied.headers().firstValue("inner")).isEmpty();
    assertThat(get(port, "x-want", "500").statusCode()).isEqualTo(403);
    assertThat(app.requests).hasValue(1);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    byte[] body = "no".getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("X-User", "bob");
    exchange.getResponseHeaders().add("Inner", "for the proxy alone");
    int status = Integer.parseInt(exchange.getRequestHeaders().getFirst("X-Want"));
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Test
  void whatIsNotObeyedIsRefusedByItsPath() {
    assertThatThrownBy(() -> listen("\"include_peer_certificate\":true"))
        .hasMessageContaining("include_peer_certificate");
    assertThatThrownBy(() -> listen("\"failure_mode_allow\":true"))
        .hasMessageContaining("no service");
  }
}
