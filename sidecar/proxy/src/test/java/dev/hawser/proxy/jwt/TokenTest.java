package dev.hawser.proxy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hawser.proxy.json.Json;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TokenTest {
  private static final Issuer ISSUER = Issuer.of("ES256", "one");

  private static JwtFailure failure(String token) {
    try {
      Jwt jwt = Jwt.parse(token);
      return ISSUER.keys().check(jwt.token()).orElseThrow();
    } catch (JwtException e) {
      return e.failure();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"
      })
  void everyAlgorithmIsAcceptedForItsOwnKeyAlone(String algorithm) throws JwtException {
    Issuer issuer = Issuer.of(algorithm, "a");
    CompactToken token = Jwt.parse(issuer.token("{\"sub\":\"x\"}")).token();
    assertThat(issuer.keys().check(token)).isEmpty();
    assertThat(Issuer.of(algorithm, "a").keys().check(token))
        .contains(JwtFailure.VERIFICATION_FAILED);
    assertThat(Issuer.of(algorithm, "b").keys().check(token)).contains(JwtFailure.NO_MATCHING_KEY);
  }

  @Test
  void claimsAreReadByTheirTypes() throws JwtException {
    Jwt jwt =
        Jwt.parse(
            ISSUER.token(
                "{\"iss\":\"i\",\"sub\":\"s\",\"aud\":[\"a\",\"b\"],\"exp\":5.9,\"nbf\":3,\"iat\":0}"));
    assertThat(jwt.issuer()).contains("i");
    assertThat(jwt.subject()).contains("s");
    assertThat(jwt.audiences()).containsExactly("a", "b");
    assertThat(jwt.expires()).hasValue(5);
    assertThat(jwt.notBefore()).hasValue(3);
    assertThat(jwt.issued()).hasValue(0);
    assertThat(jwt.token().header().get("kid")).isEqualTo(new Json.Text("one"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|HEADER_WITHOUT_ALGORITHM",
        "{\"alg\":5}|HEADER_WITHOUT_ALGORITHM",
        "{\"alg\":\"none\"}|ALGORITHM_NOT_SUPPORTED",
        "{\"alg\":\"None\"}|ALGORITHM_NOT_SUPPORTED",
        "{\"alg\":\"HS256\"}|ALGORITHM_NOT_SUPPORTED",
        "{\"alg\":\"es256\"}|ALGORITHM_NOT_SUPPORTED",
        "{\"alg\":\"ES512\"}|NO_MATCHING_KEY",
        "{\"alg\":\"ES256\",\"alg\":\"none\"}|HEADER_NOT_JSON",
        "{\"alg\":\"ES256\",\"kid\":1}|HEADER_KEY_ID_NOT_TEXT",
        "{\"alg\":\"ES256\",\"kid\":\"two\"}|NO_MATCHING_KEY",
        "{\"alg\":\"ES256\",\"crit\":[\"exp\"]}|HEADER_CRITICAL",
        "{\"alg\":\"ES256\",\"crit\":[]}|HEADER_CRITICAL",
        "{\"alg\":\"ES256\",\"b64\":false}|HEADER_CRITICAL",
        "[1]|HEADER_NOT_JSON",
        "x|HEADER_NOT_JSON"
      })
  void headersThatMeanSomethingElseAreRefused(String header, JwtFailure expected) {
    assertThat(failure(ISSUER.token(header, "{}"))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"iss\":1}|ISSUER_NOT_TEXT",
        "{\"sub\":null}|SUBJECT_NOT_TEXT",
        "{\"aud\":{}}|AUDIENCE_NOT_TEXT",
        "{\"aud\":[\"a\",1]}|AUDIENCE_NOT_TEXT",
        "{\"exp\":\"1\"}|TIME_NOT_NUMBER",
        "{\"exp\":-1}|TIME_NOT_NUMBER",
        "{\"nbf\":1e300}|TIME_NOT_NUMBER",
        "{\"iat\":true}|TIME_NOT_NUMBER",
        "{\"exp\":9,\"exp\":99999999999}|PAYLOAD_NOT_JSON",
        "text|PAYLOAD_NOT_JSON"
      })
  void claimsOfTheWrongTypeAreRefused(String claims, JwtFailure expected) {
    assertThat(failure(ISSUER.token(claims))).isEqualTo(expected);
  }

  @Test
  void oneTokenHasOneText() {
    String token = ISSUER.token("{}");
    String header = token.substring(0, token.indexOf('.'));
    String rest = token.substring(token.indexOf('.'));
    assertThat(failure(header + "=" + rest)).isEqualTo(JwtFailure.HEADER_NOT_BASE64);
    assertThat(failure(header + "\n" + rest)).isEqualTo(JwtFailure.HEADER_NOT_BASE64);
    assertThat(failure(token + "=")).isEqualTo(JwtFailure.SIGNATURE_NOT_BASE64);
    assertThat(failure(token + "A")).isEqualTo(JwtFailure.VERIFICATION_FAILED);
    // 64 octets end in a character of which four bits mean nothing.
    char last = token.charAt(token.length() - 1);
    String same = token.substring(0, token.length() - 1) + (char) (last + 1);
    assertThat(failure(same)).isEqualTo(JwtFailure.SIGNATURE_NOT_BASE64);
  }

  @Test
  void signaturesThatAreRemovedOrChangedAreRefused() {
    String token = ISSUER.token("{\"sub\":\"x\"}");
    int last = token.lastIndexOf('.');
    assertThat(failure(token.substring(0, last))).isEqualTo(JwtFailure.BAD_FORMAT);
    assertThat(failure(token.substring(0, last + 1))).isEqualTo(JwtFailure.VERIFICATION_FAILED);
    assertThat(failure(token.substring(0, last + 1) + Base64Url.encode(new byte[64])))
        .isEqualTo(JwtFailure.VERIFICATION_FAILED);
    assertThat(failure(token + ".x")).isEqualTo(JwtFailure.BAD_FORMAT);
    String other = ISSUER.token("{\"sub\":\"y\"}");
    assertThat(failure(other.substring(0, other.lastIndexOf('.')) + token.substring(last)))
        .isEqualTo(JwtFailure.VERIFICATION_FAILED);
  }

  @Test
  void aTokenIsBounded() {
    assertThat(failure(ISSUER.token("{\"x\":\"" + "a".repeat(20_000) + "\"}")))
        .isEqualTo(JwtFailure.TOO_LONG);
  }

  @Property(tries = 300)
  void noTextBringsItDown(@ForAll String a, @ForAll String b) {
    assertThatThrownBy(() -> Jwt.parse(a + "." + b)).isInstanceOf(JwtException.class);
    assertThatThrownBy(() -> Jwt.parse(Issuer.encode(a) + "." + b + "."))
        .isInstanceOf(JwtException.class);
  }

  @Test
  void failuresHaveTheStatusThatCallersKnow() {
    assertThat(JwtFailure.AUDIENCE_NOT_ALLOWED.status()).isEqualTo(403);
    assertThat(JwtFailure.MISSING.status()).isEqualTo(401);
    assertThat(Optional.of(JwtFailure.MISSING.message())).contains("Jwt is missing");
  }
}
