package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.proxy.balance.BalancerView;
import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.HealthCheck;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.trust.testing.TestAuthority;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Active checks of instances in another cluster, all behind the one address of its gateway. */
class SlotCheckTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String UPSTREAM = "orders.shop:8080";
  private static final HealthCheck.Kind ASKS_BY_HTTP =
      new HealthCheck.Kind.Http(
          "GET",
          "",
          "/well",
          false,
          Map.of(),
          List.of(new HealthCheck.StatusRange(200, 201)),
          List.of());

  private final TestAuthority authority = TestAuthority.create();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private SniGateway gateway;
  private TestProxy caller;
  private App firstApp;
  private App secondApp;
  private TestProxy first;
  private TestProxy second;

  @BeforeEach
  void start() throws IOException {
    gateway = keep(SniGateway.start());
    caller = keep(new TestProxy(authority, "east", "web"));
    firstApp = keep(App.start("first"));
    secondApp = keep(App.start("second"));
    first = keep(new TestProxy(authority, "west", "orders"));
    second = keep(new TestProxy(authority, "west", "orders"));
  }

  private <T extends AutoCloseable> T keep(T one) {
    open.addFirst(one);
    return one;
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private static String slotName(int slot) {
    return "s" + slot + "." + Configs.serverName("orders", "west");
  }

  /** Serves behind the gateway by the name of a slot. */
  private EndpointConfig slot(int slot, TestProxy proxy, App app) throws IOException {
    proxy.serve(
        "orders",
        UpstreamConfig.Protocol.HTTP1,
        app.port(),
        Configs.callersOf("east.mesh.internal"));
    gateway.route(slotName(slot), proxy.inboundPort());
    EndpointConfig plain = Configs.endpoint(gateway.port(), slotName(slot), "west");
    return new EndpointConfig(
        new Address(Configs.HOST, gateway.port()),
        slotName(slot),
        plain.locality(),
        1,
        EndpointConfig.Health.HEALTHY,
        "west",
        slot,
        1,
        true,
        "");
  }

  private int call(HealthCheck.Kind kind) throws IOException {
    HealthCheck check =
        new HealthCheck(
            kind, Duration.ofSeconds(5), HealthCheck.Pace.every(Duration.ofMillis(200)), 2, 1);
    return caller.call(
        Configs.checked(
            Configs.meshed(
                UPSTREAM, UpstreamConfig.Protocol.HTTP2, TestProxy.STABILITY, first.id()),
            check),
        Configs.usualRetries(),
        Configs.group(0, slot(0, first, firstApp), slot(1, second, secondApp)));
  }

  private List<String> states() {
    return Objects.requireNonNull(caller.plane().upstreams().get(UPSTREAM).balancer())
        .view()
        .endpoints()
        .stream()
        .map(BalancerView.EndpointView::state)
        .toList();
  }

  private long successes() {
    return Objects.requireNonNull(
        caller.plane().upstreams().get(UPSTREAM).numbers().get("health_check.success"));
  }

  private String get(int port) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void eachSlotIsAskedThroughTheGatewayByItsOwnServerName() throws Exception {
    call(ASKS_BY_HTTP);

    await().atMost(LONG).until(() -> firstApp.requests.get() > 2 && secondApp.requests.get() > 2);

    assertThat(gateway.serverNames).containsOnly(slotName(0), slotName(1));
    assertThat(firstApp.targets).containsOnly("/well");
    assertThat(firstApp.headers)
        .allSatisfy(head -> {
          assertThat(head.get("Host")).containsExactly(slotName(0));
          assertThat(head.get("X-forwarded-client-cert"))
              .singleElement()
              .asString()
              .contains("URI=" + caller.id());
        });
    assertThat(secondApp.headers)
        .allSatisfy(head -> assertThat(head.get("Host")).containsExactly(slotName(1)));
    assertThat(states()).containsExactly("serving", "serving");
  }

  @Test
  void slotThatIsUnwellIsLeftOutAloneAndComesBackAlone() throws Exception {
    int port = call(ASKS_BY_HTTP);
    await().atMost(LONG).until(() -> successes() >= 2);

    firstApp.status = 500;
    await().atMost(LONG).until(() -> states().equals(List.of("failing", "serving")));
    for (int i = 0; i < 20; i++) {
      assertThat(get(port)).isEqualTo("second");
    }

    firstApp.status = 200;
    secondApp.status = 500;
    await().atMost(LONG).until(() -> states().equals(List.of("serving", "failing")));
    for (int i = 0; i < 20; i++) {
      assertThat(get(port)).isEqualTo("first");
    }
  }

  @Test
  void checkOfTheConnectionAloneIsAHandshakeWithTheSlotAndNotWithTheGateway() throws Exception {
    call(new HealthCheck.Kind.Tcp(Optional.empty(), List.of()));
    await().atMost(LONG).until(() -> successes() >= 2);
    assertThat(states()).containsExactly("serving", "serving");

    // The gateway goes on taking connections for it.
    second.close();

    await().atMost(LONG).until(() -> states().equals(List.of("serving", "failing")));
    assertThat(gateway.serverNames).containsOnly(slotName(0), slotName(1));
    assertThat(firstApp.requests).hasValue(0);
  }
}
