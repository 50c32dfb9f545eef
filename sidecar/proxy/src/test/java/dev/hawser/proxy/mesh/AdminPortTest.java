package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.hawser.host.identity.EnrolmentServer;
import dev.hawser.proxy.config.RunOptions;
import io.envoyproxy.envoy.admin.v3.Certificates;
import io.envoyproxy.envoy.admin.v3.ClusterStatus;
import io.envoyproxy.envoy.admin.v3.Clusters;
import io.envoyproxy.envoy.admin.v3.Listeners;
import io.envoyproxy.envoy.admin.v3.Memory;
import io.envoyproxy.envoy.admin.v3.ServerInfo;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The pages of a whole sidecar over real HTTP: what they say, and who may change what by them. */
class AdminPortTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final List<String> CHANGES =
      List.of("/drain", "/drain_listeners", "/healthcheck/fail", "/healthcheck/ok", "/renew");

  @TempDir private Path folder;
  private App app;
  private RunningProxy sidecar;

  @BeforeEach
  void start() throws Exception {
    app = App.start("orders");
    sidecar =
        RunningProxy.start(
            folder.resolve("data"), new RunOptions(1, Duration.ofSeconds(20), false));
    sidecar.configure(app.port());
    await()
        .atMost(LONG)
        .ignoreExceptions()
        .until(() ->
            sidecar.get(sidecar.outbound, "/").statusCode() == 200
                && sidecar.get(sidecar.inbound, "/").statusCode() == 200);
  }

  @AfterEach
  void close() throws Exception {
    sidecar.close();
    app.close();
  }

  /** Returns a page that has to be there. */
  private String page(String path) throws Exception {
    HttpResponse<String> answer = sidecar.get(sidecar.admin, path);
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return answer.body();
  }

  private <T extends Message.Builder> T read(String path, T into) throws Exception {
    JsonFormat.parser().merge(page(path), into);
    return into;
  }

  @Test
  void clustersAreLinesOrEnvoysMessageWithWhatEachEndpointHasServed() throws Exception {
    String at = "orders::127.0.0.1:" + app.port();
    assertThat(page("/clusters").lines())
        .contains(
            "orders::added_via_api::true",
            at + "::health_flags::healthy",
            at + "::rq_error::0",
            at + "::region::east");

    ClusterStatus orders =
        read("/clusters?format=json", Clusters.newBuilder()).getClusterStatusesList().stream()
            .filter(status -> status.getName().equals("orders"))
            .findFirst()
            .orElseThrow();
    assertThat(orders.getHostStatuses(0).getAddress().getSocketAddress().getPortValue())
        .isEqualTo(app.port());
    assertThat(orders.getHostStatuses(0).getStatsList())
        .anySatisfy(stat -> {
          assertThat(stat.getName()).isEqualTo("rq_success");
          assertThat(stat.getValue()).isEqualTo(app.requests.get());
        });
  }

  @Test
  void configDumpShowsWhatCameByItsVersion() throws Exception {
    String all = page("/config_dump");
    assertThat(all)
        .contains("envoy.admin.v3.ListenersConfigDump", "\"name\": \"outbound\"")
        .contains("envoy.admin.v3.ClustersConfigDump", "\"version_info\": \"v")
        .doesNotContain("EndpointsConfigDump", "PRIVATE KEY");
    assertThat(page("/config_dump?include_eds"))
        .contains("EndpointsConfigDump", "\"port_value\": " + app.port());
    assertThat(page("/config_dump?resource=dynamic_listeners"))
        .contains("\"name\": \"inbound\"")
        .doesNotContain("ClustersConfigDump");
    assertThat(sidecar.get(sidecar.admin, "/config_dump?resource=everything").statusCode())
        .isEqualTo(400);
  }

  @Test
  void statsObeyEachOption() throws Exception {
    String requests = "cluster.orders.upstream_rq_total: " + app.requests.get();
    assertThat(page("/stats").lines())
        .contains(requests, "cluster.orders.upstream_rq_retry: 0", "server.live: 1")
        .contains("server.concurrency: 1", "control_plane.connected_state: 1");
    assertThat(page("/stats?format=text").lines()).contains(requests);
    assertThat(page("/stats?usedonly").lines())
        .contains(requests)
        .noneMatch(line -> line.endsWith(": 0"));
    assertThat(page("/stats?filter=%5Eserver%5C.live%24")).isEqualTo("server.live: 1\n");
    assertThat(page("/stats?usedonly&filter=upstream_rq_(total%7Cretry)%24"))
        .isEqualTo(requests + "\n");
    assertThat(page("/stats?format=json&filter=server.live"))
        .isEqualTo("{\"stats\": [\n{\"name\": \"server.live\", \"value\": 1}]}\n");
    String counted = "hawser_upstream_requests_total{upstream=\"orders\"} " + app.requests.get();
    assertThat(page("/stats?format=prometheus")).contains(counted);
    assertThat(page("/stats/prometheus")).contains(counted);
    assertThat(sidecar.get(sidecar.metrics, "/stats/prometheus").body()).contains(counted);
    assertThat(sidecar.get(sidecar.metrics, "/metrics").body()).contains(counted);
    for (String wrong : List.of("filter=(", "format=xml")) {
      assertThat(sidecar.get(sidecar.admin, "/stats?" + wrong).statusCode()).isEqualTo(400);
    }
  }

  @Test
  void listenersAreLinesOrEnvoysMessage() throws Exception {
    assertThat(page("/listeners").lines())
        .containsExactlyInAnyOrder(
            "inbound::127.0.0.1:" + sidecar.inbound, "outbound::127.0.0.1:" + sidecar.outbound);
    assertThat(read("/listeners?format=json", Listeners.newBuilder()).getListenerStatusesList())
        .extracting(status -> status.getLocalAddress().getSocketAddress().getPortValue())
        .containsExactlyInAnyOrder(sidecar.inbound, sidecar.outbound);
  }

  @Test
  void certsAreTheChainInUseAndWhatIsTrusted() throws Exception {
    Certificates.Builder certs = read("/certs", Certificates.newBuilder());

    assertThat(certs.getCertificates(0).getCertChain(0).getSubjectAltNames(0).getUri())
        .isEqualTo(EnrolmentServer.WEB.toString());
    assertThat(certs.getCertificates(0).getCaCertList()).isNotEmpty();
    assertThat(page("/certs")).doesNotContain("PRIVATE", "BEGIN");
  }

  @Test
  void memoryAndServerInfoAreEnvoysMessages() throws Exception {
    assertThat(read("/memory", Memory.newBuilder()).getAllocated()).isPositive();

    ServerInfo.Builder info = read("/server_info", ServerInfo.newBuilder());
    assertThat(info.getState()).isEqualTo(ServerInfo.State.LIVE);
    assertThat(info.getNode().getId()).isEqualTo("web-1");
    assertThat(info.getCommandLineOptions().getConcurrency()).isEqualTo(1);
    assertThat(info.getVersion()).isNotEmpty();
  }

  @Test
  void levelsOfLoggersAreShownAndChanged() throws Exception {
    var logger = LoggerFactory.getLogger("admin.port.test");
    assertThat(logger.isDebugEnabled()).isFalse();

    assertThat(sidecar.post("/logging?paths=admin.port:debug").statusCode()).isEqualTo(200);
    assertThat(logger.isDebugEnabled()).isTrue();
    assertThat(page("/logging")).contains("  admin.port.test: debug\n");

    assertThat(sidecar.post("/logging?admin.port.test=info").statusCode()).isEqualTo(200);
    assertThat(logger.isDebugEnabled()).isFalse();
    assertThat(sidecar.post("/logging?level=loud").statusCode()).isEqualTo(400);
    assertThat(sidecar.post("/logging?no.such=debug").statusCode()).isEqualTo(404);
  }

  @Test
  void otherPagesAreThereAndHelpNamesThemAll() throws Exception {
    String help = page("/help");
    assertThat(page("/")).isEqualTo(help);
    for (String line : help.lines().toList()) {
      String[] words = line.trim().split(" +", 3);
      if (words[0].equals("GET")) {
        assertThat(page(words[1])).as(words[1]).isNotEmpty();
      } else {
        assertThat(words[0]).isEqualTo("POST");
      }
    }
    assertThat(page("/status")).contains("\"node\"", "web-1");
    assertThat(page("/upstreams")).contains("orders");
    assertThat(page("/compiled")).contains("outbound");
    assertThat(sidecar.get(sidecar.admin, "/quitquitquit").statusCode()).isEqualTo(404);
  }

  /** Whether every port says that the workload may be sent traffic, or that it may not. */
  private void assertReady(boolean ready, String why) throws Exception {
    for (String path : List.of("/ready", "/healthz/ready")) {
      HttpResponse<String> answer = sidecar.get(sidecar.ready, path);
      assertThat(answer.statusCode()).as(path).isEqualTo(ready ? 200 : 503);
      assertThat(answer.body()).contains("\"ready\": " + ready).contains(why);
    }
    HttpResponse<String> answer = sidecar.get(sidecar.admin, "/ready");
    assertThat(answer.statusCode()).isEqualTo(ready ? 200 : 503);
    assertThat(answer.body()).isEqualTo(ready ? "LIVE\n" : "DRAINING: " + why + "\n");
    assertThat(sidecar.proxy().isReady()).isEqualTo(ready);
    assertThat(read("/server_info", ServerInfo.newBuilder()).getState())
        .isEqualTo(ready ? ServerInfo.State.LIVE : ServerInfo.State.DRAINING);
  }

  @Test
  void whileItDrainsItIsNotReadyThoughItServesWhatIsUnderWay() throws Exception {
    assertReady(true, "");
    try (Socket socket = connect(sidecar.outbound)) {
      send(socket, "GET /slow HTTP/1.1\r\nhost: orders\r\n\r\n");
      await().atMost(LONG).until(() -> app.targets.contains("/slow"));

      assertThat(sidecar.post("/drain").statusCode()).isEqualTo(202);

      assertReady(false, "draining");
      assertThat(page("/stats?filter=server.live")).isEqualTo("server.live: 0\n");
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 200")
          .contains("connection: close");
    }
    sidecar.proxy().drainTrigger().begin("again").get(30, TimeUnit.SECONDS);
    assertReady(false, "draining");
    assertRefused(sidecar.outbound);
  }

  @Test
  void failedHealthCheckIsUndoneByOkAndTrafficGoesOnMeanwhile() throws Exception {
    assertThat(sidecar.post("/healthcheck/fail").statusCode()).isEqualTo(200);
    assertReady(false, "POST /healthcheck/fail");
    assertThat(sidecar.get(sidecar.outbound, "/").statusCode()).isEqualTo(200);

    assertThat(sidecar.post("/healthcheck/ok").statusCode()).isEqualTo(200);
    assertReady(true, "");
  }

  @Test
  void drainOfInboundListenersLeavesTheOwnWorkloadItsCalls() throws Exception {
    try (Socket inbound = connect(sidecar.inbound);
        Socket outbound = connect(sidecar.outbound)) {
      exchange(inbound);
      exchange(outbound);

      assertThat(sidecar.post("/drain_listeners?inboundonly").statusCode()).isEqualTo(200);

      assertThat(inbound.getInputStream().read()).as("an idle connection ends").isNegative();
      assertRefused(sidecar.inbound);
      exchange(outbound);
      assertThat(sidecar.get(sidecar.outbound, "/").statusCode()).isEqualTo(200);
      assertReady(true, "");

      assertThat(sidecar.post("/drain_listeners").statusCode()).isEqualTo(200);
      assertThat(outbound.getInputStream().read()).isNegative();
      assertRefused(sidecar.outbound);
    }
  }

  @Test
  void nothingIsChangedByReading() throws Exception {
    for (String path : CHANGES) {
      for (String method : List.of("GET", "HEAD", "PUT", "DELETE")) {
        HttpResponse<String> answer = sidecar.send(method, sidecar.admin, path);
        assertThat(answer.statusCode()).as(method + " " + path).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).contains("POST");
      }
    }
    HttpResponse<String> written = sidecar.post("/stats");
    assertThat(written.statusCode()).isEqualTo(405);
    assertThat(written.headers().firstValue("allow")).contains("GET, HEAD");
    HttpResponse<String> deleted = sidecar.send("DELETE", sidecar.admin, "/logging");
    assertThat(deleted.statusCode()).isEqualTo(405);
    assertThat(deleted.headers().firstValue("allow")).contains("GET, HEAD, POST");
    assertReady(true, "");
    assertThat(sidecar.get(sidecar.inbound, "/").statusCode()).isEqualTo(200);
  }

  @Test
  void pagesOfOthersCannotMakeABrowserChangeOrReadAnything() throws Exception {
    for (String path : CHANGES) {
      HttpResponse<String> answer = sidecar.post(path, "Origin", "https://evil.example");
      assertThat(answer.statusCode()).as(path).isEqualTo(403);
    }
    assertThat(sidecar.post("/logging?level=off", "Origin", "null").statusCode()).isEqualTo(403);
    for (int port : List.of(sidecar.admin, sidecar.metrics, sidecar.ready)) {
      String path = port == sidecar.metrics ? "/metrics" : "/ready";
      assertThat(statusLine(port, "GET " + path, "evil.example")).contains(" 403 ");
      assertThat(statusLine(port, "GET " + path, "evil.example:" + port)).contains(" 403 ");
      assertThat(statusLine(port, "GET " + path, "127.0.0.1.evil.example")).contains(" 403 ");
      assertThat(statusLine(port, "GET " + path, "localhost:" + port)).contains(" 200 ");
      assertThat(statusLine(port, "GET " + path, "[::1]:" + port)).contains(" 200 ");
    }
    assertThat(statusLine(sidecar.admin, "POST /drain", "evil.example")).contains(" 403 ");
    assertReady(true, "");
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Sends a request on a connection that stands and reads the answer of the application. */
  private static void exchange(Socket socket) throws IOException {
    send(socket, "GET / HTTP/1.1\r\nhost: orders\r\n\r\n");
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\norders")) {
      int octet = socket.getInputStream().read();
      assertThat(octet).as("end of %s", answer).isNotNegative();
      answer.append((char) octet);
    }
    assertThat(answer.toString()).startsWith("HTTP/1.1 200");
  }

  private static String statusLine(int port, String request, String host) throws IOException {
    try (Socket socket = connect(port)) {
      send(socket, request + " HTTP/1.1\r\nhost: " + host + "\r\nconnection: close\r\n\r\n");
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .findFirst()
          .orElse("nothing");
    }
  }

  private static void assertRefused(int port) {
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> assertThatThrownBy(() -> connect(port)).isInstanceOf(ConnectException.class));
  }
}
