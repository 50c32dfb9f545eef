package dev.hawser.trust.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JoinTokenTest {
  private static final String SECRET = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  private static final JoinToken TOKEN = token("0123456789abcdef", SECRET, "west");

  @Test
  void tokenIsReadBackWithWhiteSpaceAroundIt() {
    assertThat(TOKEN.text()).matches("hwsr1\\.[A-Za-z0-9_-]+");
    assertThat(JoinToken.parse(TOKEN.text())).isEqualTo(TOKEN);
    assertThat(JoinToken.parse("\n  " + TOKEN.text() + " \r\n")).isEqualTo(TOKEN);
    assertThat(TOKEN.trustDomain()).hasToString("east.mesh.internal");
  }

  @Test
  void secretIsInTheTextFormOnly() {
    assertThat(TOKEN.toString()).doesNotContain(SECRET).contains("0123456789abcdef");
  }

  @Test
  void everyTruncatedTokenIsRefusedWithAHint() {
    String text = TOKEN.text();
    for (int length = 0; length < text.length(); length++) {
      String prefix = text.substring(0, length);
      assertThatExceptionOfType(JoinTokenException.class)
          .as("prefix of %d", length)
          .isThrownBy(() -> JoinToken.parse(prefix))
          .satisfies(e -> assertThat(e.hint()).isNotBlank());
    }
  }

  @Property
  void alteredTokenIsAnotherOneOrRefusedWithoutShowingSecrets(
      @ForAll @IntRange(min = 6, max = 400) int position, @ForAll char replacement) {
    StringBuilder text = new StringBuilder(TOKEN.text());
    text.setCharAt(Math.min(position, text.length() - 1), replacement);
    try {
      JoinToken read = JoinToken.parse(text.toString());
      assertThat(read.text()).isNotEmpty();
    } catch (JoinTokenException e) {
      assertThat(e.getMessage()).startsWith("join token: ").doesNotContain("AAAAAAAA");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "hello", "eyJhbGciOi", "https://hawser.dev", "HWSR1.abc"})
  void whatIsNoTokenGetsAHint(String text) {
    assertThatExceptionOfType(JoinTokenException.class)
        .isThrownBy(() -> JoinToken.parse(text))
        .satisfies(e -> assertThat(e.hint()).contains("hawser invite"));
  }

  @Test
  void tokenOfANewerReleaseSaysSo() {
    assertThatExceptionOfType(JoinTokenException.class)
        .isThrownBy(() -> JoinToken.parse("hwsr2.abc"))
        .withMessageContaining("another version")
        .satisfies(e -> assertThat(e.hint()).contains("same release"));
  }

  @Test
  void hugeTextIsRefusedUnread() {
    assertThatExceptionOfType(JoinTokenException.class)
        .isThrownBy(() -> JoinToken.parse("hwsr1." + "A".repeat(JoinToken.MAX_LENGTH)))
        .withMessageContaining("8198 characters");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind|\"VM\"|\"KING\"",
        "id|\"0123456789abcdef\"|\"0123456789ABCDEF\"",
        "secret|\"AAAA|\"AAA",
        "cluster|\"east\"|\"a.b\"",
        "trust domain|\"east\"|\"EAST\"",
        "control plane|\"10.0.0.1:15012\"|\"10.0.0.1\"",
        "control plane|\"10.0.0.1:15012\"|\"10.0.0.1:70000\"",
        "control plane|\"10.0.0.1:15012\"|\"a b:1\"",
        "gateways|\"[fd00::1]:15443\"|\"[fd00::1\"",
        "pin|\"eeee|\"EEEE",
        "expires|1800000000|-1",
        "expires|1800000000|99999999999999",
        "JSON, index|1800000000|1.5",
        "unknown key|\"kind\"|\"sort\"",
        "twice|\"id\"|\"kind\"",
        "missing|\"subject\":\"west\"|\"id2\":\"x\"",
        "nested|\"west\"|[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]",
      })
  void wrongPartIsNamed(String named, String from, String to) {
    String json = json(TOKEN).replace(from, to);
    assertThat(json).isNotEqualTo(json(TOKEN));
    assertThatExceptionOfType(JoinTokenException.class)
        .isThrownBy(() -> JoinToken.parse(text(json)))
        .withMessageContaining(named.equals("missing") ? "unknown key" : named)
        .withMessageNotContaining(SECRET);
  }

  @Test
  void addressesAreBounded() {
    List<String> seventeen = Collections.nCopies(17, "10.0.0.1:1");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new JoinToken(
                TokenKind.VM,
                "0123456789abcdef",
                SECRET,
                "east",
                "mesh.internal",
                seventeen,
                List.of(),
                "e".repeat(64),
                Instant.ofEpochSecond(1_800_000_000),
                ""))
        .withMessageContaining("at most 16");
  }

  private static JoinToken token(String id, String secret, String subject) {
    return new JoinToken(
        TokenKind.VM,
        id,
        secret,
        "east",
        "mesh.internal",
        List.of("10.0.0.1:15012", "control-plane.example:15012"),
        List.of("[fd00::1]:15443"),
        "e".repeat(64),
        Instant.ofEpochSecond(1_800_000_000),
        subject);
  }

  private static String json(JoinToken token) {
    byte[] json = Base64.getUrlDecoder().decode(token.text().substring("hwsr1.".length()));
    return new String(json, StandardCharsets.UTF_8);
  }

  private static String text(String json) {
    return "hwsr1."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }
}
