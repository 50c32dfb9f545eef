package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.proxy.balance.BalancerView;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.EndpointSet;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.spiffe.SpiffeId;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FailoverTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final TestAuthority authority = TestAuthority.create();
  private final List<AutoCloseable> open = new ArrayList<>();
  private App eastApp;
  private App westApp;
  private TestProxy caller;
  private TestProxy east;
  private TestProxy west;

  @BeforeEach
  void start() throws IOException {
    eastApp = keep(App.start("east"));
    westApp = keep(App.start("west"));
    caller = keep(new TestProxy(authority, "east", "web"));
    east = keep(new TestProxy(authority, "east", "orders"));
    west = keep(new TestProxy(authority, "west", "orders"));
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
  }

  private EndpointConfig serve(TestProxy proxy, App app) throws IOException {
    return proxy.serve(
        "orders",
        UpstreamConfig.Protocol.HTTP1,
        app.port(),
        Configs.callersOf("east.mesh.internal"));
  }

  private int call(EndpointSet.Group... groups) throws IOException {
    SpiffeId[] both = {east.id(), west.id()};
    return caller.call(
        Configs.meshed(
            "orders.shop:8080", UpstreamConfig.Protocol.HTTP2, TestProxy.STABILITY, both),
        Configs.usualRetries(),
        groups);
  }

  private BalancerView view() {
    return Objects.requireNonNull(caller.plane().upstreams().get("orders.shop:8080").balancer())
        .view();
  }

  private static HttpResponse<String> get(int port) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void losingEveryLocalInstanceFailsNothingAndTrafficComesHomeCalmly() throws Exception {
    int port = call(Configs.group(0, serve(east, eastApp)), Configs.group(1, serve(west, westApp)));
    try (Load load = Load.start(port, 8, Duration.ofMillis(10))) {
      await().atMost(LONG).until(() -> load.from("east") > 50);
      assertThat(load.from("west")).isZero();

      int inbound = east.inboundPort();
      east.close();
      await().atMost(LONG).until(() -> load.from("west") > 100);

      TestProxy again = keep(new TestProxy(authority, "east", "orders"));
      EndpointConfig endpoint = serve(again, eastApp);
      assertThat(endpoint.address().port()).isNotEqualTo(inbound);
      int before = load.from("east");
      caller
          .plane()
          .upstreams()
          .update(
              Configs.set(
                  "orders.shop:8080",
                  Configs.group(0, endpoint),
                  Configs.group(
                      1,
                      Configs.endpoint(
                          west.inboundPort(), Configs.serverName("orders", "west"), "west"))));
      long returned = System.nanoTime();
      await().atMost(LONG).until(() -> load.from("east") > before);
      assertThat(Duration.ofNanos(System.nanoTime() - returned))
          .isGreaterThanOrEqualTo(TestProxy.STABILITY.minusMillis(100));
      load.stop();

      assertThat(load.failures).isEmpty();
      System.out.println(
          "failover: east " + load.from("east") + ", west " + load.from("west") + ", 0 failed");
    }
  }

  @Test
  void applicationThatIsDownIsRefusedAndTheRequestServedElsewhereWhateverItsMethod()
      throws Exception {
    int port = call(Configs.group(0, serve(east, eastApp)), Configs.group(1, serve(west, westApp)));
    assertThat(get(port).body()).isEqualTo("east");

    eastApp.close();

    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 20; i++) {
        HttpResponse<String> response =
            client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                    .POST(HttpRequest.BodyPublishers.ofString("once"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("west");
      }
    }
    assertThat(westApp.requests).hasValue(20);
    assertThat(view().endpoints().getFirst().state()).isEqualTo("ejected");
  }

  @Test
  void addressThatTakesConnectionsAndNeverAnswersCostsOneHandshakeTimeout() throws Exception {
    try (ServerSocket blackHole = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
      EndpointConfig silent =
          Configs.endpoint(blackHole.getLocalPort(), Configs.serverName("orders", "east"), "east");
      int port = call(Configs.group(0, silent), Configs.group(1, serve(west, westApp)));

      long began = System.nanoTime();
      HttpResponse<String> response = get(port);

      assertThat(response.body()).isEqualTo("west");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
      assertThat(view().endpoints().getFirst().state()).isEqualTo("suspect");
    }
  }

  @Test
  void connectionThatFreezesUnderRequestsIsGivenUpAndTheyAreServedElsewhere() throws Exception {
    EndpointConfig real = serve(east, eastApp);
    try (Pipe pipe = Pipe.to(real.address().port())) {
      EndpointConfig through = Configs.endpoint(pipe.port(), real.serverName(), "east");
      int port = call(Configs.group(0, through), Configs.group(1, serve(west, westApp)));
      try (Load load = Load.start(port, 8, Duration.ofMillis(20))) {
        await().atMost(LONG).until(() -> load.from("east") > 50);
        load.resetSlowest();

        pipe.freeze();
        await().atMost(LONG).until(() -> load.from("west") > 50);
        int served = load.from("east");
        await().atMost(LONG).until(() -> load.from("west") > 150);
        assertThat(load.from("east")).isEqualTo(served);

        pipe.thaw();
        await().atMost(LONG).until(() -> load.from("east") > served);
        load.stop();

        assertThat(load.failures).isEmpty();
        assertThat(load.slowestMillis()).isLessThan(5000);
        System.out.println("freeze: slowest request " + load.slowestMillis() + " ms, 0 failed");
      }
    }
  }

  @Test
  void oneSlotThatAnswersBadlyIsEjectedAlone() throws Exception {
    List<EndpointConfig> slots = new ArrayList<>();
    List<App> apps = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      App app = keep(App.start("slot-" + i));
      apps.add(app);
      TestProxy proxy = keep(new TestProxy(authority, "west", "orders"));
      EndpointConfig one = serve(proxy, app);
      slots.add(
          new EndpointConfig(
              one.address(),
              "s" + i + "." + one.serverName(),
              one.locality(),
              1,
              one.health(),
              "west",
              i,
              1,
              true,
              ""));
    }
    int port = call(Configs.group(0, slots.toArray(EndpointConfig[]::new)));
    apps.get(2).status = 503;

    int bad = 0;
    for (int i = 0; i < 100; i++) {
      bad += get(port).statusCode() == 503 ? 1 : 0;
    }

    assertThat(bad).isLessThanOrEqualTo(5);
    assertThat(view().endpoints().stream().map(BalancerView.EndpointView::state))
        .containsExactly("serving", "serving", "ejected", "serving");
    assertThat(apps.get(2).requests.get()).isEqualTo(bad);
  }

  @Test
  void noInstanceAnswersAtOnceWithTheReason() throws Exception {
    int port = call();

    HttpResponse<String> response = get(port);

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("\"error\":\"no_healthy_upstream\"");
  }
}
