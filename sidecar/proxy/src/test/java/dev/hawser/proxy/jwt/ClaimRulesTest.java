package dev.hawser.proxy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.proxy.model.TextMatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClaimRulesTest {
  private static final Issuer ISSUER = Issuer.of("EdDSA", "one");
  private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
  private static final ClaimRules RULES =
      new ClaimRules(
          Optional.of("https://issuer"),
          Set.of("shop", "bank"),
          Optional.empty(),
          false,
          Optional.empty(),
          ClaimRules.DEFAULT_SKEW);

  private static Optional<JwtFailure> check(ClaimRules rules, String claims) throws JwtException {
    return rules.check(Jwt.parse(ISSUER.token(claims)), NOW);
  }

  private static String claims(String more) {
    return "{\"iss\":\"https://issuer\",\"aud\":\"shop\"" + more + "}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|",
        ",\"exp\":1000000|",
        ",\"exp\":999940|",
        ",\"exp\":999939|EXPIRED",
        ",\"exp\":0|EXPIRED",
        ",\"nbf\":1000060|",
        ",\"nbf\":1000061|NOT_YET_VALID",
        ",\"iat\":1000060|",
        ",\"iat\":1000061|NOT_YET_VALID",
        ",\"exp\":9007199254740992|",
      })
  void timesAreTakenWithTheSkewOfClocks(String more, @Nullable JwtFailure expected)
      throws JwtException {
    assertThat(check(RULES, claims(more))).isEqualTo(Optional.ofNullable(expected));
  }

  @Test
  void issuerAndAudienceAreTakenExactly() throws JwtException {
    assertThat(check(RULES, "{\"iss\":\"https://issuer/\",\"aud\":\"shop\"}"))
        .contains(JwtFailure.UNKNOWN_ISSUER);
    assertThat(check(RULES, "{\"aud\":\"shop\"}")).contains(JwtFailure.UNKNOWN_ISSUER);
    assertThat(check(RULES, "{\"iss\":\"https://issuer\"}"))
        .contains(JwtFailure.AUDIENCE_NOT_ALLOWED);
    assertThat(check(RULES, "{\"iss\":\"https://issuer\",\"aud\":[\"x\",\"bank\"]}")).isEmpty();
    assertThat(check(RULES, "{\"iss\":\"https://issuer\",\"aud\":[\"Shop\",\"shop/\"]}"))
        .contains(JwtFailure.AUDIENCE_NOT_ALLOWED);
    assertThat(check(RULES.withAudiences(Set.of("x")), claims("")))
        .contains(JwtFailure.AUDIENCE_NOT_ALLOWED);
  }

  @Test
  void subjectAndLifetimeAreLimited() throws JwtException {
    ClaimRules rules =
        new ClaimRules(
            Optional.empty(),
            Set.of(),
            Optional.of(new TextMatch.Prefix("spiffe://td/", false)),
            true,
            Optional.of(Duration.ofHours(1)),
            Duration.ZERO);
    assertThat(check(rules, "{\"sub\":\"spiffe://td/x\",\"exp\":1003600}")).isEmpty();
    assertThat(check(rules, "{\"sub\":\"spiffe://td/x\",\"exp\":1003601}"))
        .contains(JwtFailure.LIFETIME_TOO_LONG);
    assertThat(check(rules, "{\"sub\":\"spiffe://td/x\"}")).contains(JwtFailure.NO_EXPIRATION);
    assertThat(check(rules, "{\"sub\":\"spiffe://other/x\",\"exp\":1000001}"))
        .contains(JwtFailure.SUBJECT_NOT_ALLOWED);
    assertThat(check(rules, "{\"exp\":1000001}")).contains(JwtFailure.SUBJECT_NOT_ALLOWED);
  }
}
