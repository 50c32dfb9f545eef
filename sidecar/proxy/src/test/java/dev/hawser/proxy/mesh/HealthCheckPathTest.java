package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.proxy.model.Address;
import dev.hawser.proxy.model.EndpointConfig;
import dev.hawser.proxy.model.RetryRule;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Active checks of every kind over real sockets, by the messages that mean them. */
class HealthCheckPathTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final List<String> ALL_WELL = List.of("serving", "serving");
  private static final List<String> SECOND_FAILING = List.of("serving", "failing");

  private OneUpstream a;

  @BeforeEach
  void start() throws IOException {
    a = new OneUpstream();
  }

  @AfterEach
  void close() throws Exception {
    a.close();
  }

  private <T extends AutoCloseable> T keep(T one) {
    return a.keep(one);
  }

  /** Returns a check of the second endpoint beside one that is well. */
  private static String check(int threshold, String timeout, String kind) {
    return ",'healthChecks':[{'timeout':'"
        + timeout
        + "','interval':'0.2s','noTrafficInterval':'0.2s','unhealthyThreshold':"
        + threshold
        + ",'healthyThreshold':1,"
        + kind
        + "}]";
  }

  private void awaitStates(List<String> wanted) {
    await().atMost(LONG).until(() -> a.states().equals(wanted));
  }

  /** Waits until each has been asked and has answered well. */
  private void awaitFirstAnswers() {
    await().atMost(LONG).until(() -> a.number("health_check.success") >= 2);
    assertThat(a.states()).isEqualTo(ALL_WELL);
  }

  private HealthService health(Map<String, Integer> statuses) throws IOException {
    return keep(HealthService.start(statuses));
  }

  @Test
  void grpcCheckTakesAnEndpointOutAndBringsItBack() throws Exception {
    HealthService well = health(Map.of("", HealthService.SERVING));
    HealthService sick = health(Map.of("", HealthService.SERVING));
    a.call(check(1, "5s", "'grpcHealthCheck':{}"), RetryRule.none(), well.port(), sick.port());
    awaitFirstAnswers();

    sick.statuses.put("", HealthService.NOT_SERVING);
    awaitStates(SECOND_FAILING);

    sick.statuses.put("", HealthService.SERVING);
    awaitStates(ALL_WELL);
    assertThat(a.number("health_check.failure")).isPositive();
    assertThat(a.number("health_check.network_failure")).isZero();
  }

  @Test
  void grpcCheckAsksForTheServiceWithTheAuthorityAndTheMetadataThatItIsGiven() throws Exception {
    Map<String, Integer> parts =
        Map.of("", HealthService.NOT_SERVING, "shop.Orders", HealthService.SERVING);
    HealthService one = health(parts);
    HealthService other = health(parts);
    a.call(
        check(
            1,
            "5s",
            "'grpcHealthCheck':{'serviceName':'shop.Orders','authority':'orders.example',"
                + "'initialMetadata':[{'header':{'key':'X-Tenant','value':'gold'}}]}"),
        RetryRule.none(),
        one.port(),
        other.port());
    awaitFirstAnswers();

    assertThat(Stream.of(one, other).map(server -> server.asked).flatMap(Collection::stream))
        .containsOnly(new HealthService.Asked("orders.example", "gold", "shop.Orders"));

    other.statuses.put("shop.Orders", HealthService.NOT_SERVING);
    awaitStates(SECOND_FAILING);
  }

  /** An answer that is no SERVING is one that need not be waited for again, as in Envoy. */
  private void isOutWithItsFirstSuchAnswer(HealthService second) throws Exception {
    HealthService well = health(Map.of("", HealthService.SERVING));
    a.call(check(1000, "5s", "'grpcHealthCheck':{}"), RetryRule.none(), well.port(), second.port());
    awaitStates(SECOND_FAILING);
    assertThat(a.number("health_check.network_failure")).isZero();
  }

  @Test
  void serverWithoutTheHealthServiceIsUnwell() throws Exception {
    isOutWithItsFirstSuchAnswer(keep(HealthService.absent()));
  }

  @Test
  void serverThatDoesNotKnowTheServiceIsUnwell() throws Exception {
    isOutWithItsFirstSuchAnswer(health(Map.of("another", HealthService.SERVING)));
  }

  @Test
  void serverThatDoesNotKnowHowItIsIsUnwell() throws Exception {
    isOutWithItsFirstSuchAnswer(health(Map.of("", HealthService.UNKNOWN)));
  }

  @Test
  void serverThatTurnsUnwellIsOutAtOnceWhateverTheThreshold() throws Exception {
    HealthService well = health(Map.of("", HealthService.SERVING));
    HealthService sick = health(Map.of("", HealthService.SERVING));
    a.call(check(1000, "5s", "'grpcHealthCheck':{}"), RetryRule.none(), well.port(), sick.port());
    awaitFirstAnswers();

    sick.statuses.put("", HealthService.NOT_SERVING);

    awaitStates(SECOND_FAILING);
  }

  @Test
  void serverThatFallsSilentIsOutAfterTheThresholdOfTimeouts() throws Exception {
    HealthService well = health(Map.of("", HealthService.SERVING));
    HealthService sick = health(Map.of("", HealthService.SERVING));
    a.call(check(3, "1s", "'grpcHealthCheck':{}"), RetryRule.none(), well.port(), sick.port());
    awaitFirstAnswers();

    sick.statuses.put("", HealthService.SILENT);
    awaitStates(SECOND_FAILING);
    assertThat(a.number("health_check.network_failure")).isGreaterThanOrEqualTo(3);

    sick.statuses.put("", HealthService.SERVING);
    awaitStates(ALL_WELL);
  }

  @Test
  void httpCheckAsksAsItIsToldAndPassesWithWhatIsExpected() throws Exception {
    App one = keep(App.start("one"));
    App other = keep(App.start("other"));
    one.status = 203;
    other.status = 203;
    a.call(
        check(
            1000,
            "5s",
            "'httpHealthCheck':{'path':'/echo?deep=1','host':'orders.example','method':'POST',"
                + "'requestHeadersToAdd':[{'header':{'key':'x-check','value':'yes'}}],"
                + "'expectedStatuses':[{'start':200,'end':204}]}"),
        RetryRule.none(),
        one.port(),
        other.port());
    awaitFirstAnswers();

    assertThat(one.targets).isNotEmpty().containsOnly("/echo?deep=1");
    assertThat(one.headers.getFirst().get("Host")).containsExactly("orders.example");
    assertThat(one.headers.getFirst().get("X-check")).containsExactly("yes");
    assertThat(one.headers.getFirst().get("User-agent")).containsExactly("Hawser/HC");
  }

  @Test
  void onlyAStatusThatIsRetriableWaitsForTheThreshold() throws Exception {
    App well = keep(App.start("well"));
    App sick = keep(App.start("sick"));
    a.call(
        check(
            3,
            "5s",
            "'httpHealthCheck':{'path':'/','retriableStatuses':[{'start':503,'end':504}]}"),
        RetryRule.none(),
        well.port(),
        sick.port());
    awaitFirstAnswers();

    long before = a.number("health_check.failure");
    sick.status = 503;
    awaitStates(SECOND_FAILING);
    assertThat(a.number("health_check.failure") - before).isGreaterThanOrEqualTo(3);
    sick.status = 200;
    awaitStates(ALL_WELL);

    int asked = sick.requests.get();
    sick.status = 500;
    await().atMost(LONG).until(() -> sick.requests.get() > asked + 1);
    assertThat(a.states()).as("the first of them was enough").isEqualTo(SECOND_FAILING);
  }

  @Test
  void connectionAloneIsEnoughForACheckThatSendsNothing() throws Exception {
    App well = keep(App.start("well"));
    App sick = App.start("sick");
    int port = sick.port();
    a.call(check(2, "5s", "'tcpHealthCheck':{}"), RetryRule.none(), well.port(), port);
    awaitFirstAnswers();

    sick.close();
    awaitStates(SECOND_FAILING);
    assertThat(well.requests).hasValue(0);
    assertThat(a.number("health_check.network_failure")).isGreaterThanOrEqualTo(2);

    keep(App.start("again", port));
    awaitStates(ALL_WELL);
  }

  @Test
  void serverThatTakesTheConnectionAndSendsNothingFailsTheCheckOfBytes() throws Exception {
    App well = keep(App.start("well"));
    ServerSocket mute = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    a.call(
        check(
            1,
            "1s",
            // "GET / HTTP/1.0" with an empty line, and "200 OK" somewhere in the answer.
            "'tcpHealthCheck':{'send':{'text':'474554202f20485454502f312e300d0a0d0a'},"
                + "'receive':[{'text':'323030204f4b'}]}"),
        RetryRule.none(),
        well.port(),
        mute.getLocalPort());

    awaitStates(SECOND_FAILING);
    assertThat(a.number("health_check.network_failure")).isPositive();
  }

  @Test
  void endpointSaysWhereItIsAskedAndWhetherAtAll() throws Exception {
    App serving = keep(App.start("serving"));
    App checked = keep(App.start("checked"));
    App unasked = keep(App.start("unasked"));
    unasked.status = 500;
    int port =
        a.call(
            check(1, "5s", "'httpHealthCheck':{'path':'/well'}"),
            RetryRule.none(),
            at(serving.port(), new EndpointConfig.CheckAt(checked.port(), "health.example", false)),
            at(unasked.port(), new EndpointConfig.CheckAt(0, "", true)));
    await().atMost(LONG).until(() -> checked.requests.get() > 5);

    assertThat(checked.headers.getFirst().get("Host")).containsExactly("health.example");
    assertThat(serving.requests).hasValue(0);
    assertThat(unasked.requests).hasValue(0);
    assertThat(a.states()).isEqualTo(ALL_WELL);

    checked.status = 500;
    awaitStates(List.of("failing", "serving"));
    for (int i = 0; i < 5; i++) {
      assertThat(a.get(port, "/").body()).isEqualTo("unasked");
    }
  }

  private static EndpointConfig at(int port, EndpointConfig.CheckAt check) {
    EndpointConfig plain = Configs.endpoint(port, "", "at-" + port);
    return new EndpointConfig(
        new Address(Configs.HOST, port),
        "",
        plain.locality(),
        1,
        EndpointConfig.Health.HEALTHY,
        plain.cluster(),
        EndpointConfig.NO_SLOT,
        0,
        false,
        "",
        new EndpointConfig.Traits(Map.of(), "", check));
  }
}
