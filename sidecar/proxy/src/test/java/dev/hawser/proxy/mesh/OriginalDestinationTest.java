package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.codec.ClusterCodec;
import dev.hawser.testing.ports.FreePorts;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clusters of type ORIGINAL_DST whose requests say by a header where they were going. */
class OriginalDestinationTest {
  private static final String CLUSTER =
      """
      {"name":"anywhere","type":"ORIGINAL_DST","lb_policy":"CLUSTER_PROVIDED",
       "connect_timeout":"2s","cleanup_interval":"1s",
       "original_dst_lb_config":{"use_http_header":true}}
      """;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private TestProxy proxy;
  private RawBackend first;
  private RawBackend second;
  private int port;

  @BeforeEach
  void start() throws IOException, ResourceRejectedException {
    first = keep(RawBackend.start());
    second = keep(RawBackend.start());
    proxy = keep(new TestProxy(TestAuthority.create(), "east", "web"));
    proxy.plane().upstreams().configure(ClusterCodec.read(Envoys.cluster(CLUSTER)));
    port = FreePorts.next();
    proxy.plane().listeners().put(Envoys.listener(port, "anywhere"));
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

  private int get(String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static String at(RawBackend backend) {
    return "127.0.0.1:" + backend.port();
  }

  private Map<String, Long> numbers() {
    return proxy.plane().upstreams().get("anywhere").numbers();
  }

  @Test
  void eachRequestGoesWhereItWasGoing() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(get("x-envoy-original-dst-host", at(first))).isEqualTo(200);
    }
    assertThat(get("x-envoy-original-dst-host", at(second))).isEqualTo(200);

    assertThat(first.requests).hasSize(10);
    assertThat(second.requests).hasSize(1);
    assertThat(numbers()).containsEntry("membership_total", 2L);
  }

  @Test
  void oneThatWasGoingNowhereIsAnswered503() throws Exception {
    assertThat(get()).isEqualTo(503);
    for (String bad :
        List.of("localhost:80", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "::1:80", "x")) {
      assertThat(get("x-envoy-original-dst-host", bad)).as(bad).isEqualTo(503);
    }
    assertThat(numbers()).containsEntry("membership_total", 0L);
  }

  @Test
  void addressThatNobodyGoesToIsForgottenWithItsConnections() throws Exception {
    assertThat(get("x-envoy-original-dst-host", at(first))).isEqualTo(200);
    await()
        .untilAsserted(() ->
            assertThat(numbers())
                .containsEntry("membership_total", 0L)
                .containsEntry("upstream_cx_active", 0L));
    assertThat(get("x-envoy-original-dst-host", at(first))).isEqualTo(200);
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() {
    for (String bad :
        List.of(
            CLUSTER.replace("CLUSTER_PROVIDED", "ROUND_ROBIN"),
            CLUSTER.replace("ORIGINAL_DST", "STATIC"),
            CLUSTER.replace("\"use_http_header\":true", "\"upstream_port_override\":70000"),
            CLUSTER.replace("\"use_http_header\":true", "\"metadata_key\":{\"key\":\"x\"}"))) {
      assertThatThrownBy(() -> ClusterCodec.read(Envoys.cluster(bad)))
          .as(bad)
          .isInstanceOf(ResourceRejectedException.class);
    }
  }
}
