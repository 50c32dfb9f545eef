package dev.hawser.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.http.StreamFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Bad answers in a row, how many may be out at once, and for how long. */
class OutlierTest {
  private final Outliers outliers = new Outliers();

  @Test
  void gatewayFailuresInARowEjectAndAnErrorOfTheApplicationBreaksTheRow() throws Exception {
    Balancer balancer =
        outliers.balancer(
            2,
            "'maxEjectionPercent':100,'consecutive5xx':100,'consecutiveGatewayFailure':3,"
                + "'enforcingConsecutiveGatewayFailure':100");

    outliers.answer(balancer, 0, 1, 502);
    outliers.answer(balancer, 0, 1, 503);
    outliers.answer(balancer, 0, 1, 500);
    outliers.answer(balancer, 0, 1, 504);
    outliers.answer(balancer, 0, 1, 503);
    assertThat(Outliers.state(balancer, 0)).isEqualTo("serving");

    outliers.answer(balancer, 0, 1, 502);
    assertThat(Outliers.state(balancer, 0)).isEqualTo("ejected");
    assertThat(outliers.told.enforced).containsExactly(EjectionCause.CONSECUTIVE_GATEWAY_FAILURE);
  }

  @Test
  void errorsOfTheApplicationAreNoGatewayFailures() throws Exception {
    Balancer balancer =
        outliers.balancer(
            2,
            "'maxEjectionPercent':100,'consecutive5xx':100,'consecutiveGatewayFailure':3,"
                + "'enforcingConsecutiveGatewayFailure':100");

    outliers.answer(balancer, 0, 50, 500);
    outliers.answer(balancer, 0, 49, 501);

    assertThat(outliers.told.detected).isEmpty();
    assertThat(Outliers.state(balancer, 0)).isEqualTo("serving");
  }

  @Test
  void withoutAWordGatewayFailuresAreOnlyCountedAsInEnvoy() throws Exception {
    Balancer balancer = outliers.balancer(2, "'maxEjectionPercent':100,'consecutive5xx':100");

    outliers.answer(balancer, 0, 10, 503);

    assertThat(outliers.told.detected)
        .containsExactly(
            EjectionCause.CONSECUTIVE_GATEWAY_FAILURE, EjectionCause.CONSECUTIVE_GATEWAY_FAILURE);
    assertThat(outliers.told.enforced).isEmpty();
    assertThat(Outliers.state(balancer, 0)).isEqualTo("serving");
  }

  @Test
  void unlessSplitAFailureToGetAnAnswerIsABadAnswer() throws Exception {
    Balancer balancer = outliers.balancer(2, "'maxEjectionPercent':100,'consecutive5xx':3");

    outliers.refuse(balancer, 0, 1);
    outliers.answer(balancer, 0, 1, 500);
    outliers.refuse(balancer, 0, 1);

    assertThat(outliers.told.enforced).containsExactly(EjectionCause.CONSECUTIVE_5XX);
  }

  @Test
  void splitFailuresHaveARowOfTheirOwnThatAnyAnswerBreaks() throws Exception {
    Balancer balancer =
        outliers.balancer(
            2,
            "'maxEjectionPercent':100,'splitExternalLocalOriginErrors':true,"
                + "'consecutive5xx':4,'consecutiveLocalOriginFailure':3");

    outliers.refuse(balancer, 0, 2);
    outliers.answer(balancer, 0, 3, 500);
    outliers.refuse(balancer, 0, 2);
    assertThat(Outliers.state(balancer, 0)).isEqualTo("serving");

    outliers.refuse(balancer, 0, 1);
    assertThat(Outliers.state(balancer, 0)).isEqualTo("ejected");
    assertThat(outliers.told.enforced)
        .containsExactly(EjectionCause.CONSECUTIVE_LOCAL_ORIGIN_FAILURE);
    assertThat(outliers.told.detected).hasSize(1);
  }

  @Test
  void splitFailuresOnAWayThatIsProbedCountOnlyWhenTheWayItselfIsOpen() throws Exception {
    Balancer balancer =
        outliers.balancer(
            2,
            "'maxEjectionPercent':100,'splitExternalLocalOriginErrors':true,"
                + "'consecutiveLocalOriginFailure':3");
    Endpoint first = balancer.endpoints().getFirst();

    for (int i = 0; i < 3; i++) {
      first.failed(new StreamFailure(StreamFailure.Kind.RESET, "reset"), outliers.now);
    }
    balancer.endpoints().get(1).failed(Outliers.REFUSED, outliers.now);

    assertThat(Outliers.state(balancer, 0)).isEqualTo("ejected");
    assertThat(Outliers.state(balancer, 1)).isEqualTo("suspect");
    assertThat(outliers.told.enforced)
        .containsExactly(EjectionCause.CONSECUTIVE_LOCAL_ORIGIN_FAILURE);
  }

  @Test
  void rowsThatAreNotEnforcedAreCountedOncePerRowAndEjectNobody() throws Exception {
    Balancer balancer =
        outliers.balancer(
            2,
            "'maxEjectionPercent':100,'splitExternalLocalOriginErrors':true,"
                + "'enforcingConsecutive5xx':0,'consecutiveGatewayFailure':100000,"
                + "'enforcingConsecutiveLocalOriginFailure':0,'enforcingSuccessRate':0,"
                + "'enforcingLocalOriginSuccessRate':0");

    outliers.answer(balancer, 0, 50, 500);
    assertThat(outliers.told.detected).hasSize(10).containsOnly(EjectionCause.CONSECUTIVE_5XX);

    outliers.told.detected.clear();
    outliers.refuse(balancer, 0, 50);
    assertThat(outliers.told.detected)
        .hasSize(10)
        .containsOnly(EjectionCause.CONSECUTIVE_LOCAL_ORIGIN_FAILURE);
    assertThat(outliers.told.enforced).isEmpty();
    assertThat(Outliers.out(balancer)).isZero();
  }

  @Test
  void noMoreAreOutAtOnceThanThePercentageAllows() throws Exception {
    Balancer balancer = outliers.balancer(10, "'maxEjectionPercent':30,'consecutive5xx':5");

    for (int i = 0; i < 5; i++) {
      outliers.answer(balancer, i, 5, 500);
    }

    assertThat(Outliers.out(balancer)).isEqualTo(3);
    assertThat(outliers.told.enforced).hasSize(3);
    assertThat(outliers.told.overflowed).isEqualTo(2);
    assertThat(balancer.byEnvoyName()).containsEntry("outlier_detection.ejections_active", 3L);
  }

  @Test
  void whereThePercentageIsLessThanOneOnlyAWordLetsOneOut() throws Exception {
    Balancer none = outliers.balancer(5, "'maxEjectionPercent':10");
    outliers.answer(none, 0, 5, 500);
    assertThat(Outliers.out(none)).isZero();
    assertThat(outliers.told.overflowed).isEqualTo(1);

    Balancer one = outliers.balancer(5, "'maxEjectionPercent':10,'alwaysEjectOneHost':true");
    outliers.answer(one, 0, 5, 500);
    outliers.answer(one, 1, 5, 500);
    assertThat(Outliers.state(one, 0)).isEqualTo("ejected");
    assertThat(Outliers.out(one)).isEqualTo(1);
  }

  @Test
  void belowTheHealthyMinimumWhoIsOutServesAllTheSame() throws Exception {
    Balancer balancer =
        outliers.balancer(
            4,
            "'maxEjectionPercent':100",
            ",'commonLbConfig':{'healthyPanicThreshold':{'value':30}}");
    outliers.answer(balancer, 0, 5, 500);
    outliers.answer(balancer, 1, 5, 500);
    assertThat(Outliers.reached(balancer)).containsExactlyInAnyOrder("10.0.0.3", "10.0.0.4");
    assertThat(balancer.byEnvoyName()).containsEntry("lb_panicking_priorities", 0L);

    // A quarter is left of the 30 percent that there have to be.
    outliers.answer(balancer, 2, 5, 500);
    assertThat(Outliers.reached(balancer)).hasSize(4);
    assertThat(balancer.byEnvoyName()).containsEntry("lb_panicking_priorities", 1L);
  }

  @Test
  void withoutAHealthyMinimumTheLastOneServesAlone() throws Exception {
    Balancer balancer =
        outliers.balancer(
            4,
            "'maxEjectionPercent':100",
            ",'commonLbConfig':{'healthyPanicThreshold':{'value':0}}");
    for (int i = 0; i < 3; i++) {
      outliers.answer(balancer, i, 5, 500);
    }

    assertThat(Outliers.reached(balancer)).containsExactly("10.0.0.4");
  }

  @Test
  void eachEjectionLastsLongerUpToTheMaximumAndAQuietTimeForgives() throws Exception {
    Balancer balancer =
        outliers.balancer(
            2, "'maxEjectionPercent':100,'baseEjectionTime':'10s','maxEjectionTime':'25s'");
    List<Duration> times = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      outliers.answer(balancer, 0, 5, 500);
      times.add(outliers.timeOut(balancer));
      assertThat(Outliers.state(balancer, 0))
          .as("without TLS it is back at once")
          .isEqualTo("serving");
      outliers.pass(balancer, Duration.ofSeconds(1));
    }
    assertThat(times)
        .containsExactly(
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(25),
            Duration.ofSeconds(25));

    outliers.pass(balancer, Duration.ofSeconds(51));
    outliers.answer(balancer, 0, 5, 500);
    assertThat(outliers.timeOut(balancer)).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void jitterIsAddedToTheTimeOut() throws Exception {
    Set<Duration> times = new HashSet<>();
    for (int i = 0; i < 40; i++) {
      Balancer balancer =
          outliers.balancer(
              2, "'maxEjectionPercent':100,'baseEjectionTime':'10s','maxEjectionTimeJitter':'10s'");
      outliers.answer(balancer, 0, 5, 500);
      times.add(outliers.timeOut(balancer));
    }

    assertThat(times)
        .allSatisfy(
            time -> assertThat(time).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(20)))
        .hasSizeGreaterThan(5);
  }

  @Test
  void whoIsBackBeginsANewRowAndIsNoLongerActive() throws Exception {
    Balancer balancer = outliers.balancer(2, "'maxEjectionPercent':100,'baseEjectionTime':'10s'");
    outliers.answer(balancer, 0, 5, 500);
    assertThat(Outliers.reached(balancer)).containsExactly("10.0.0.2");

    outliers.pass(balancer, Duration.ofSeconds(10));

    assertThat(Outliers.reached(balancer)).hasSize(2);
    assertThat(balancer.byEnvoyName())
        .containsEntry("outlier_detection.ejections_active", 0L)
        .containsEntry("membership_healthy", 2L);
    outliers.answer(balancer, 0, 4, 500);
    assertThat(Outliers.state(balancer, 0)).isEqualTo("serving");
    outliers.answer(balancer, 0, 1, 500);
    assertThat(Outliers.state(balancer, 0)).isEqualTo("ejected");
  }

  @Test
  void activeCheckThatPassesEndsTheTimeOutUnlessToldOtherwise() throws Exception {
    Balancer usual = outliers.balancer(2, "'maxEjectionPercent':100");
    outliers.answer(usual, 0, 5, 500);
    usual.endpoints().getFirst().checkPassed(outliers.now);
    assertThat(Outliers.state(usual, 0)).isEqualTo("serving");

    Balancer patient =
        outliers.balancer(
            2, "'maxEjectionPercent':100,'successfulActiveHealthCheckUnejectHost':false");
    outliers.answer(patient, 0, 5, 500);
    patient.endpoints().getFirst().checkPassed(outliers.now);
    assertThat(Outliers.state(patient, 0)).isEqualTo("ejected");
  }
}
