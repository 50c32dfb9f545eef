package dev.hawser.proxy.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonReaderTest {
  private static Json read(String text) throws JsonException {
    return JsonReader.read(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"a\":[1,-2.5,3e2,true,false,null,\"x\"],\"b\":{\"c\":\"\"}}",
        "\"\u00e9\ud83d\ude00\"",
      })
  void whatIsWrittenIsReadBack(String text) throws JsonException {
    assertThat(JsonText.of(read(JsonText.of(read(text))))).isEqualTo(JsonText.of(read(text)));
  }

  @Test
  void escapesMeanCharacters() throws JsonException {
    assertThat(read("\"\\u0041\\n\\/\\ud83d\\ude00\""))
        .isEqualTo(new Json.Text("A\n/\ud83d\ude00"));
    assertThat(JsonText.of(new Json.Text("a\"\\\u0001"))).isEqualTo("\"a\\\"\\\\\\u0001\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "01",
        "1.",
        ".5",
        "+1",
        "-",
        "1e",
        "1e99999",
        "NaN",
        "nul",
        "tru",
        "'a'",
        "\"a",
        "\"\t\"",
        "\"\\x\"",
        "\"\\u00g0\"",
        "\"\\ud83d\"",
        "\"\\ude00\\ud83d\"",
        "1 2",
        "{} {}",
        "\u00a01",
        "[1 2]",
        "/*x*/1",
        "\ufeff1"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(JsonException.class);
  }

  @Test
  void bytesMustBeUtf8() {
    assertThatThrownBy(() -> JsonReader.read(new byte[] {'"', (byte) 0xc0, (byte) 0xaf, '"'}))
        .hasMessageContaining("UTF-8");
  }

  @Test
  void depthAndLengthOfNumbersAreBounded() {
    assertThatThrownBy(() -> read("[".repeat(100_000))).hasMessageContaining("levels");
    assertThatThrownBy(() -> read("1".repeat(1000))).hasMessageContaining("longer");
  }

  @Property(tries = 500)
  void noBytesBringItDown(@ForAll byte[] bytes) {
    try {
      assertThat(JsonReader.read(bytes)).isNotNull();
    } catch (JsonException e) {
      assertThat(e).hasMessageContaining("offset");
    }
  }
}
