package dev.hawser.proxy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeySetTest {
  private static final Issuer ISSUER = Issuer.of("ES256", "one");

  private static KeySet parse(String json) {
    return KeySet.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static KeySet set(String... keys) {
    return parse("{\"keys\":[" + String.join(",", keys) + "]}");
  }

  @Test
  void oneKeyAloneIsASet() {
    assertThat(parse(ISSUER.jwk("")).size()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"use\":\"enc\"",
        ",\"key_ops\":[\"encrypt\"]",
        ",\"key_ops\":\"verify\"",
        ",\"alg\":\"ES384\"",
        ",\"alg\":\"HS256\"",
        ",\"alg\":\"none\"",
        ",\"alg\":7",
        ",\"d\":\"AAAA\""
      })
  void keysForSomethingElseAreNotUsed(String more) {
    assertThatThrownBy(() -> set(ISSUER.jwk(more)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no key that can be used");
    assertThat(set(ISSUER.jwk(more), Issuer.of("EdDSA", "two").jwk("")).left()).hasSize(1);
  }

  @Test
  void smallOrBrokenRsaKeysAreNotUsed() throws GeneralSecurityException {
    Issuer small = Issuer.of(JwsAlgorithm.RS256, "s", 1024);
    assertThatThrownBy(() -> parse(small.jwk(""))).hasMessageContaining("1024 bits");
    String good = Issuer.of("RS256", "g").jwk("");
    assertThatThrownBy(() -> parse(good.replace("AQAB", "AQ"))).hasMessageContaining("exponent");
    assertThatThrownBy(() -> parse(good.replace("AQAB", "AQAA"))).hasMessageContaining("exponent");
  }

  @Test
  void pointsThatAreNotOnTheCurveAreNotUsed() {
    String jwk = ISSUER.jwk("");
    int y = jwk.indexOf("\"y\":\"") + 5;
    char other = jwk.charAt(y) == 'A' ? 'B' : 'A';
    assertThatThrownBy(() -> parse(jwk.substring(0, y) + other + jwk.substring(y + 1)))
        .hasMessageContaining("not on the curve");
    assertThatThrownBy(() -> parse(jwk.replace("P-256", "P-384"))).hasMessageContaining("bytes");
    assertThatThrownBy(() -> parse(jwk.replace("P-256", "secp256k1")))
        .hasMessageContaining("secp256k1");
  }

  @Test
  void aSetWithOneKidTwiceIsRefused() {
    assertThatThrownBy(() -> set(ISSUER.jwk(""), Issuer.of("ES256", "one").jwk("")))
        .hasMessageContaining("two keys with the kid one");
  }

  @Test
  void whatIsNoSetIsRefused() {
    for (String text : new String[] {"", "[]", "{}", "{\"keys\":[]}", "{\"keys\":[1]}"}) {
      assertThatThrownBy(() -> parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> parse(" ".repeat(KeySet.MAX_SIZE + 1))).hasMessageContaining("octets");
    assertThatThrownBy(() -> parse("{\"keys\":[" + "1,".repeat(300) + "1]}"))
        .hasMessageContaining("301 keys");
  }

  @Test
  void aKeysAlgorithmIsAFloorWithinItsFamily() throws JwtException {
    Issuer strong = Issuer.of("PS512", "k");
    CompactToken token = Jwt.parse(strong.token("{}")).token();
    assertThat(parse(strong.jwk(",\"alg\":\"PS256\"")).check(token)).isEmpty();
    assertThat(parse(strong.jwk(",\"alg\":\"RS256\"")).check(token))
        .contains(JwtFailure.NO_MATCHING_KEY);
    CompactToken weak = Jwt.parse(Issuer.of("PS256", "k").token("{}")).token();
    assertThat(parse(strong.jwk(",\"alg\":\"PS512\"")).check(weak))
        .contains(JwtFailure.NO_MATCHING_KEY);
  }

  @Test
  void keysThatAreDearToTryEndTheSearchSooner() throws JwtException {
    Issuer issuer = Issuer.of("RS256", "k");
    String good = issuer.jwk("");
    byte[] ones = new byte[1024];
    Arrays.fill(ones, (byte) 0xff);
    String dear = "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"}".formatted(Base64Url.encode(ones));
    String small =
        "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"AQAB\"}"
            .formatted(Base64Url.encode(Arrays.copyOf(ones, 256)));
    CompactToken token = Jwt.parse(issuer.token("{\"alg\":\"RS256\"}", "{}")).token();

    assertThat(set(small, small, good, dear).check(token)).isEmpty();
    assertThat(set(dear, good).check(token)).contains(JwtFailure.VERIFICATION_FAILED);
    CompactToken named = Jwt.parse(issuer.token("{}")).token();
    assertThat(set(dear.replace("{", "{\"kid\":\"other\","), good).check(named)).isEmpty();
  }

  @Test
  void aKeyThatIsTooDearIsLeftOut() {
    byte[] ones = new byte[1024];
    Arrays.fill(ones, (byte) 0xff);
    String dear =
        "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"_____w\"}".formatted(Base64Url.encode(ones));
    assertThat(set(Issuer.of("RS256", "k").jwk(""), dear).left())
        .singleElement()
        .asString()
        .contains("costs 48 times");
    assertThatThrownBy(() -> set(dear, dear, dear, dear, dear))
        .hasMessageContaining("e 65537)")
        .hasMessageEndingWith("] and 2 more");
  }
}
