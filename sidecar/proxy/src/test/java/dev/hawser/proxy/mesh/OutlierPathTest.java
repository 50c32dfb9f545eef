package dev.hawser.proxy.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.hawser.proxy.model.RetryRule;
import dev.hawser.testing.ports.FreePorts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Endpoints that answer badly or not at all, over real sockets. */
class OutlierPathTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String STAT = "outlier_detection.ejections_";

  private OneUpstream a;
  private App good;
  private App bad;

  @BeforeEach
  void start() throws IOException {
    a = new OneUpstream();
    good = a.keep(App.start("good"));
    bad = a.keep(App.start("bad"));
  }

  @AfterEach
  void close() throws Exception {
    a.close();
  }

  private int call(String detection, int... ports) throws Exception {
    return a.call(
        ",'outlierDetection':{'baseEjectionTime':'300s','maxEjectionPercent':100,"
            + "'enforcingSuccessRate':0,"
            + detection
            + "}",
        RetryRule.none(),
        ports);
  }

  /** Returns how many of so many requests got this status. */
  private int statuses(int port, int requests, int status) throws Exception {
    int found = 0;
    for (int i = 0; i < requests; i++) {
      found += a.get(port, "/").statusCode() == status ? 1 : 0;
    }
    return found;
  }

  @Test
  void gatewayFailuresInARowEject() throws Exception {
    bad.status = 502;
    int port =
        call(
            "'consecutive5xx':100,'consecutiveGatewayFailure':3,"
                + "'enforcingConsecutiveGatewayFailure':100",
            good.port(),
            bad.port());

    assertThat(statuses(port, 20, 502)).isEqualTo(3);
    assertThat(a.states()).containsExactly("serving", "ejected");
    assertThat(a.number(STAT + "enforced_consecutive_gateway_failure")).isEqualTo(1);
    assertThat(a.number(STAT + "enforced_consecutive_5xx")).isZero();
  }

  @Test
  void refusedConnectionsInARowEjectByTheRowOfLocalFailures() throws Exception {
    int port =
        call(
            "'splitExternalLocalOriginErrors':true,'consecutive5xx':1,"
                + "'consecutiveLocalOriginFailure':3,'enforcingLocalOriginSuccessRate':0",
            good.port(),
            FreePorts.next());

    assertThat(statuses(port, 20, 503)).isEqualTo(3);
    assertThat(a.states()).containsExactly("serving", "ejected");
    assertThat(a.number(STAT + "enforced_consecutive_local_origin_failure")).isEqualTo(1);
    assertThat(a.number(STAT + "detected_consecutive_5xx")).isZero();
  }

  @Test
  void rowsThatAreNotEnforcedAreCountedAndTheEndpointGoesOnServing() throws Exception {
    bad.status = 503;
    int port =
        call(
            "'enforcingConsecutive5xx':0,'consecutiveGatewayFailure':100", good.port(), bad.port());

    int failed = statuses(port, 20, 503);

    assertThat(failed).isGreaterThan(5);
    assertThat(a.states()).containsExactly("serving", "serving");
    assertThat(a.number(STAT + "detected_consecutive_5xx")).isEqualTo(failed / 5);
    assertThat(a.number(STAT + "enforced_total")).isZero();
  }

  @Test
  void aGrpcServerThatRefusesAtOnceIsJudgedByWhatItsCodeMeansInHttp() throws Exception {
    int port =
        call(
            "'consecutive5xx':6,'enforcingConsecutive5xx':0,'consecutiveGatewayFailure':2,"
                + "'enforcingConsecutiveGatewayFailure':0",
            bad.port());
    for (int code : new int[] {0, 1, 3, 5, 7, 8, 16}) {
      a.get(port, "/grpc/" + code);
    }
    assertThat(a.number(STAT + "detected_consecutive_5xx")).isZero();

    for (int code : new int[] {2, 4, 12, 13, 14, 15}) {
      a.get(port, "/grpc/" + code);
    }
    assertThat(a.number(STAT + "detected_consecutive_5xx")).isEqualTo(1);
    assertThat(a.number(STAT + "detected_consecutive_gateway_failure")).isZero();

    a.get(port, "/grpc/4");
    a.get(port, "/grpc/14");
    assertThat(a.number(STAT + "detected_consecutive_gateway_failure")).isEqualTo(1);
  }

  @Test
  void whoIsOutComesBackWhenItsTimeIsOver() throws Exception {
    bad.status = 500;
    int port =
        a.call(
            ",'outlierDetection':{'consecutive5xx':1,'baseEjectionTime':'2s',"
                + "'maxEjectionPercent':50,'enforcingSuccessRate':0}",
            RetryRule.none(),
            good.port(),
            bad.port());
    await().atMost(LONG).until(() -> a.get(port, "/").statusCode() == 500);
    long began = System.nanoTime();
    assertThat(a.states()).containsExactly("serving", "ejected");

    bad.status = 200;
    await().atMost(LONG).until(() -> a.get(port, "/").body().equals("bad"));

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(1500));
    assertThat(a.states()).containsExactly("serving", "serving");
    assertThat(a.number(STAT + "active")).isZero();
  }

  @Test
  void shareOfBadAnswersEjectsTheOneThatHasIt() throws Exception {
    List<App> apps = new ArrayList<>(List.of(good, bad));
    for (int i = 0; i < 3; i++) {
      apps.add(a.keep(App.start("good")));
    }
    bad.status = 500;
    int port =
        call(
            "'consecutive5xx':100000,'interval':'2s','failurePercentageThreshold':90,"
                + "'failurePercentageRequestVolume':2,'failurePercentageMinimumHosts':5,"
                + "'enforcingFailurePercentage':100",
            apps.stream().mapToInt(App::port).toArray());

    await()
        .atMost(LONG)
        .pollDelay(Duration.ZERO)
        .until(() -> {
          statuses(port, 50, 500);
          return a.states().equals(List.of("serving", "ejected", "serving", "serving", "serving"));
        });

    assertThat(a.number(STAT + "enforced_failure_percentage")).isEqualTo(1);
    assertThat(statuses(port, 20, 500)).isZero();
  }

  @Test
  void noMoreAreOutAtOnceThanThePercentageAllows() throws Exception {
    App worse = a.keep(App.start("worse"));
    for (App app : List.of(good, bad, worse)) {
      app.status = 500;
    }
    int port =
        a.call(
            ",'outlierDetection':{'consecutive5xx':2,'baseEjectionTime':'300s',"
                + "'maxEjectionPercent':34,'enforcingSuccessRate':0}",
            RetryRule.none(),
            good.port(),
            bad.port(),
            worse.port());

    assertThat(statuses(port, 30, 500)).isEqualTo(30);

    assertThat(a.states().stream().filter("ejected"::equals)).hasSize(1);
    assertThat(a.number(STAT + "active")).isEqualTo(1);
    assertThat(a.number(STAT + "overflow")).isPositive();
  }
}
