package dev.hawser.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Rates and shares of bad answers and of failures to get one, looked at once in each interval. */
class OutlierRatesTest {
  /** Leaves results in a row out of the way. */
  private static final String NO_ROWS =
      "'consecutive5xx':100000,'consecutiveGatewayFailure':100000,";

  private final Outliers outliers = new Outliers();

  private static final String RATES =
      NO_ROWS
          + "'maxEjectionPercent':100,'interval':'10s','splitExternalLocalOriginErrors':true,"
          + "'consecutiveLocalOriginFailure':100000,";

  /** Each endpoint has so many results, and of the first one's every second is a failure. */
  private void halfOfTheFirst(Balancer balancer, int each) {
    int count = balancer.endpoints().size();
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < each; j++) {
        if (i == 0 && j % 2 == 0) {
          outliers.refuse(balancer, i, 1);
        } else {
          outliers.answer(balancer, i, 1, 200);
        }
      }
    }
  }

  @Test
  void rateOfFailuresToGetAnAnswerEjectsApartFromThatOfBadAnswers() throws Exception {
    Balancer balancer = outliers.balancer(6, RATES + "'enforcingSuccessRate':100");
    halfOfTheFirst(balancer, 200);
    outliers.pass(balancer, Duration.ofSeconds(9));
    assertThat(Outliers.state(balancer, 0)).as("the interval is not over").isEqualTo("serving");

    outliers.pass(balancer, Duration.ofSeconds(1));

    assertThat(Outliers.state(balancer, 0)).isEqualTo("ejected");
    assertThat(outliers.told.enforced).containsExactly(EjectionCause.LOCAL_ORIGIN_SUCCESS_RATE);
    assertThat(Outliers.out(balancer)).isEqualTo(1);
  }

  @Test
  void rateOfFailuresToGetAnAnswerThatIsNotEnforcedEjectsNobody() throws Exception {
    Balancer balancer = outliers.balancer(6, RATES + "'enforcingLocalOriginSuccessRate':0");
    halfOfTheFirst(balancer, 200);

    outliers.pass(balancer, Duration.ofSeconds(10));

    assertThat(outliers.told.enforced).isEmpty();
    assertThat(Outliers.out(balancer)).isZero();
  }

  @Test
  void rateOfTooFewEndpointsOrTooFewRequestsSaysNothing() throws Exception {
    Balancer few = outliers.balancer(4, RATES + "'enforcingSuccessRate':100");
    halfOfTheFirst(few, 200);
    Balancer rare = outliers.balancer(6, RATES + "'enforcingSuccessRate':100");
    halfOfTheFirst(rare, 99);

    for (int i = 0; i < 40; i++) {
      outliers.now += Duration.ofMillis(250).toNanos();
      few.tick();
      rare.tick();
    }

    assertThat(outliers.told.detected).isEmpty();
  }

  private static final String PERCENTAGES =
      NO_ROWS
          + "'maxEjectionPercent':100,'interval':'10s','splitExternalLocalOriginErrors':true,"
          + "'consecutiveLocalOriginFailure':100000,'enforcingSuccessRate':0,"
          + "'enforcingLocalOriginSuccessRate':0,'failurePercentageThreshold':50,";

  @Test
  void shareOfBadAnswersThatReachesTheThresholdEjects() throws Exception {
    Balancer balancer = outliers.balancer(5, PERCENTAGES + "'enforcingFailurePercentage':100");
    for (int i = 0; i < 5; i++) {
      outliers.answer(balancer, i, 100, 200);
    }
    outliers.answer(balancer, 0, 100, 500);
    outliers.answer(balancer, 1, 99, 500);

    outliers.pass(balancer, Duration.ofSeconds(10));

    assertThat(Outliers.state(balancer, 0)).isEqualTo("ejected");
    assertThat(Outliers.state(balancer, 1)).isEqualTo("serving");
    assertThat(outliers.told.enforced).containsExactly(EjectionCause.FAILURE_PERCENTAGE);
  }

  @Test
  void shareOfFailuresToGetAnAnswerEjectsOnItsOwnWord() throws Exception {
    Balancer silent = outliers.balancer(5, PERCENTAGES + "'enforcingFailurePercentage':100");
    halfOfTheFirst(silent, 200);
    outliers.pass(silent, Duration.ofSeconds(10));
    assertThat(outliers.told.enforced).as("enforced for bad answers alone").isEmpty();

    Balancer balancer =
        outliers.balancer(5, PERCENTAGES + "'enforcingFailurePercentageLocalOrigin':100");
    halfOfTheFirst(balancer, 200);
    outliers.pass(balancer, Duration.ofSeconds(10));
    assertThat(Outliers.state(balancer, 0)).isEqualTo("ejected");
    assertThat(outliers.told.enforced)
        .containsExactly(EjectionCause.LOCAL_ORIGIN_FAILURE_PERCENTAGE);
  }

  @Test
  void shareOfTooFewEndpointsOrTooFewRequestsSaysNothing() throws Exception {
    Balancer few = outliers.balancer(4, PERCENTAGES + "'enforcingFailurePercentage':100");
    Balancer rare = outliers.balancer(5, PERCENTAGES + "'enforcingFailurePercentage':100");
    for (int i = 0; i < 4; i++) {
      outliers.answer(few, i, 100, 500);
    }
    for (int i = 0; i < 5; i++) {
      outliers.answer(rare, i, 49, 500);
    }

    for (int i = 0; i < 40; i++) {
      outliers.now += Duration.ofMillis(250).toNanos();
      few.tick();
      rare.tick();
    }

    assertThat(outliers.told.detected).isEmpty();
  }
}
