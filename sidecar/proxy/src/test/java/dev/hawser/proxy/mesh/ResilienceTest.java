package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.JsonFormat;
import dev.hawser.proxy.codec.ClusterCodec;
import dev.hawser.proxy.model.RetryRule;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Breakers, outliers, checks and retries over real sockets, by the messages that mean them. */
class ResilienceTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private OneUpstream a;

  @BeforeEach
  void start() throws IOException {
    a = new OneUpstream();
  }

  @AfterEach
  void close() throws Exception {
    a.close();
  }

  private int call(String cluster, RetryRule retries, App... apps) throws Exception {
    return a.call(cluster, retries, Arrays.stream(apps).mapToInt(App::port).toArray());
  }

  @Test
  void requestAboveTheBreakerIsAnsweredAtOnce() throws Exception {
    App app = a.keep(App.start("app"));
    int port = call(",'circuitBreakers':{'thresholds':[{'maxRequests':1}]}", RetryRule.none(), app);
    CompletableFuture<HttpResponse<String>> slow =
        a.client.sendAsync(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/slow")).build(),
            HttpResponse.BodyHandlers.ofString());
    await().atMost(LONG).until(() -> app.requests.get() == 1);

    HttpResponse<String> refused = a.get(port, "/");

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("upstream_overflow");
    assertThat(a.number("upstream_rq_active_overflow")).isEqualTo(1);
    assertThat(a.number("circuit_breakers.default.rq_open")).isEqualTo(1);
    assertThat(slow.get().statusCode()).isEqualTo(200);
    await().atMost(LONG).until(() -> a.get(port, "/").statusCode() == 200);
  }

  @Test
  void whoWaitsForAConnectionAboveTheBreakerIsAnsweredAtOnce() throws Exception {
    App app = a.keep(App.start("app"));
    int port =
        call(
            ",'circuitBreakers':{'thresholds':[{'maxConnections':1,'maxPendingRequests':0}],"
                + "'perHostThresholds':[{'maxConnections':1}]}",
            RetryRule.none(),
            app);

    HttpResponse<String> refused = a.get(port, "/");

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("requests are waiting");
    assertThat(a.number("upstream_rq_pending_overflow")).isEqualTo(1);
  }

  @Test
  void afterAConnectionThatTheApplicationForgotANewOneIsMade() throws Exception {
    ForgetfulApp app = a.keep(ForgetfulApp.start(8));
    RetryRule once =
        new RetryRule(Set.of(RetryRule.Condition.RESET), 1, Optional.empty(), Set.of());
    int port =
        a.proxy.call(
            OneUpstream.cluster(""),
            once,
            Configs.group(0, Configs.endpoint(app.port(), "", "app")));
    List<CompletableFuture<HttpResponse<String>>> first = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      first.add(
          a.client.sendAsync(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build(),
              HttpResponse.BodyHandlers.ofString()));
    }
    for (CompletableFuture<HttpResponse<String>> one : first) {
      assertThat(one.get().statusCode()).isEqualTo(200);
    }

    for (int i = 0; i < 20; i++) {
      assertThat(a.get(port, "/").statusCode()).isEqualTo(200);
    }

    assertThat(app.forgotten).hasPositiveValue();
  }

  @Test
  void connectionTakesNoMoreRequestsThanItMay() throws Exception {
    App app = a.keep(App.start("app"));
    int port = call("", RetryRule.none(), app);
    Cluster.Builder limited = Cluster.newBuilder();
    JsonFormat.parser()
        .usingTypeRegistry(
            com.google.protobuf.TypeRegistry.newBuilder()
                .add(
                    io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                        .getDescriptor())
                .build())
        .merge(
            ("{'name':'a','type':'EDS','typedExtensionProtocolOptions':{"
                    + "'envoy.extensions.upstreams.http.v3.HttpProtocolOptions':{'@type':"
                    + "'type.googleapis.com/envoy.extensions.upstreams.http.v3"
                    + ".HttpProtocolOptions','commonHttpProtocolOptions':"
                    + "{'maxRequestsPerConnection':2},'explicitHttpConfig':"
                    + "{'httpProtocolOptions':{}}}}}")
                .replace('\'', '"'),
            limited);
    a.proxy.plane().upstreams().configure(ClusterCodec.read(limited.build()));

    for (int i = 0; i < 6; i++) {
      assertThat(a.get(port, "/").statusCode()).isEqualTo(200);
    }

    assertThat(a.number("upstream_cx_max_requests")).isGreaterThanOrEqualTo(2);
    assertThat(a.number("upstream_cx_total")).isGreaterThanOrEqualTo(3);
  }

  @Test
  void badAnswersInARowEjectAndTheNextOnesGoElsewhere() throws Exception {
    App good = a.keep(App.start("good"));
    App bad = a.keep(App.start("bad"));
    bad.status = 500;
    int port =
        call(
            ",'outlierDetection':{'consecutive5xx':3,'baseEjectionTime':'300s',"
                + "'maxEjectionPercent':50,'enforcingSuccessRate':0}",
            RetryRule.none(),
            good,
            bad);

    int failed = 0;
    for (int i = 0; i < 20; i++) {
      failed += a.get(port, "/").statusCode() == 500 ? 1 : 0;
    }

    assertThat(failed).isEqualTo(3);
    assertThat(a.states()).containsExactly("serving", "ejected");
    assertThat(a.number("outlier_detection.ejections_enforced_consecutive_5xx")).isEqualTo(1);
    assertThat(a.number("outlier_detection.ejections_active")).isEqualTo(1);
  }

  @Test
  void badAnswerIsReplacedByAnotherEndpointsAndTheCallerSeesNothing() throws Exception {
    App good = a.keep(App.start("good"));
    App bad = a.keep(App.start("bad"));
    bad.status = 503;
    RetryRule rule =
        new RetryRule(Set.of(RetryRule.Condition.GATEWAY_ERROR), 1, Optional.empty(), Set.of());
    int port = call("", rule, good, bad);

    for (int i = 0; i < 10; i++) {
      assertThat(a.get(port, "/").body()).isEqualTo("good");
    }

    assertThat(bad.requests.get()).isPositive();
    assertThat(a.number("upstream_rq_retry")).isEqualTo(bad.requests.get());
    assertThat(a.number("upstream_rq_retry_success")).isEqualTo(bad.requests.get());
  }

  @Test
  void budgetBoundsRetries() throws Exception {
    App bad = a.keep(App.start("bad"));
    App worse = a.keep(App.start("worse"));
    bad.status = 503;
    worse.status = 503;
    RetryRule rule =
        new RetryRule(Set.of(RetryRule.Condition.GATEWAY_ERROR), 3, Optional.empty(), Set.of());
    int port =
        call(
            ",'circuitBreakers':{'thresholds':[{'retryBudget':{'budgetPercent':{'value':0},"
                + "'minRetryConcurrency':0}}]}",
            rule,
            bad,
            worse);

    assertThat(a.get(port, "/").statusCode()).isEqualTo(503);
    assertThat(a.number("upstream_rq_retry")).isZero();
    assertThat(a.number("upstream_rq_retry_overflow")).isEqualTo(1);
  }

  private void checkTakesItOutAndBack(String check, App sick) throws Exception {
    App well = a.keep(App.start("well"));
    int port =
        call(
            ",'healthChecks':[{'timeout':'5s','interval':'0.2s','noTrafficInterval':'0.2s',"
                + "'unhealthyThreshold':1,'healthyThreshold':1,"
                + check
                + "}]",
            RetryRule.none(),
            well,
            sick);
    await().atMost(LONG).until(() -> a.number("health_check.success") >= 2);
    assertThat(a.states()).containsExactly("serving", "serving");

    sick.status = 500;
    await().atMost(LONG).until(() -> a.states().equals(List.of("serving", "failing")));
    for (int i = 0; i < 10; i++) {
      assertThat(a.get(port, "/").body()).isEqualTo("well");
    }

    sick.status = 200;
    await().atMost(LONG).until(() -> a.states().equals(List.of("serving", "serving")));
    assertThat(a.number("health_check.failure")).isPositive();
  }

  @Test
  void checkByHttpTakesAnEndpointOutAndBringsItBack() throws Exception {
    checkTakesItOutAndBack("'httpHealthCheck':{'path':'/'}", a.keep(App.start("sick")));
  }

  @Test
  void checkByBytesTakesAnEndpointOutAndBringsItBack() throws Exception {
    // "GET / HTTP/1.0" with an empty line, and "200 OK" somewhere in the answer.
    checkTakesItOutAndBack(
        "'tcpHealthCheck':{'send':{'text':'474554202f20485454502f312e300d0a0d0a'},"
            + "'receive':[{'text':'48545450'},{'text':'323030204f4b'}]}",
        a.keep(App.start("sick")));
  }

  @Test
  void theOneEndpointThatThereIsIsAskedAgain() throws Exception {
    App app = a.keep(App.start("app"));
    app.status = 503;
    RetryRule rule =
        new RetryRule(Set.of(RetryRule.Condition.SERVER_ERROR), 3, Optional.empty(), Set.of());
    int port = call("", rule, app);
    Thread.ofVirtual()
        .start(() -> {
          await().until(() -> app.requests.get() >= 2);
          app.status = 200;
        });

    assertThat(a.get(port, "/").statusCode()).isEqualTo(200);

    app.status = 503;
    int before = app.requests.get();
    assertThat(a.get(port, "/").statusCode()).isEqualTo(503);
    assertThat(app.requests).hasValue(before + 4);
  }
}
