package dev.hawser.trust.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {
  @Property
  void anyTextsAndNumbersAreReadBack(
      @ForAll String text, @ForAll long number, @ForAll List<String> texts) {
    JsonObject object =
        JsonObject.builder()
            .put("text", text)
            .put("number", number)
            .putTexts("texts", texts)
            .put("inner", JsonObject.builder().put("text", text).build())
            .putObjects("objects", List.of(JsonObject.builder().build()))
            .build();
    JsonObject read = JsonObject.parse(object.toString(), 1_000_000);
    assertThat(read.text("text")).isEqualTo(text);
    assertThat(read.number("number")).isEqualTo(number);
    assertThat(read.texts("texts")).isEqualTo(texts);
    assertThat(read.object("inner").text("text")).isEqualTo(text);
    assertThat(read.objects("objects")).hasSize(1);
    assertThat(read).hasToString(object.toString());
  }

  @Property
  void anyTextIsReadOrRefusedInOneWay(@ForAll String text) {
    try {
      assertThat(JsonObject.parse("{" + text + "}", 1_000_000)).isNotNull();
    } catch (JsonException e) {
      assertThat(e).hasMessageStartingWith("JSON, index ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "1",
        "\"a\"",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":-}",
        "{\"a\":1.5}",
        "{\"a\":1e3}",
        "{\"a\":null}",
        "{\"a\":NaN}",
        "{\"a\":tru}",
        "{\"a\":[1,]}",
        "{\"a\":[1 2]}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\u12\"}",
        "{\"a\":1}{",
        "{\"a\":1} x",
        "{\"a\":1,\"a\":2}",
        "{\"a\":99999999999999999999}",
        "\ufeff{}",
        "{\"a\":'b'}",
        "{}//"
      })
  void whatIsNotStrictJsonIsRefused(String text) {
    assertThatExceptionOfType(JsonException.class).isThrownBy(() -> JsonObject.parse(text, 1000));
  }

  @Test
  void escapesAndSpaceAreRead() {
    JsonObject read =
        JsonObject.parse(" { \"a\\u0041\\n\" : \"\\\"\\\\\\/\\b\\f\\r\\t\" , \"b\" : [ ] } ", 100);
    assertThat(read.keys()).containsExactly("aA\n", "b");
    assertThat(read.text("aA\n")).isEqualTo("\"\\/\b\f\r\t");
    assertThat(read.texts("b")).isEmpty();
  }

  @Test
  void depthAndLengthAreBounded() {
    String deep = "{\"a\":" + "[".repeat(100_000);
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> JsonObject.parse(deep, 1_000_000))
        .withMessageContaining("deeper");
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> JsonObject.parse("{}       ", 5))
        .withMessageContaining("9 characters");
  }

  @Test
  void wrongTypesAndUnknownKeysAreNamed() {
    JsonObject object = JsonObject.parse("{\"a\":1,\"b\":[1],\"c\":true}", 100);
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> object.text("a"))
        .withMessage("JSON: 'a' is not a string");
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> object.number("z"))
        .withMessage("JSON: 'z' is missing");
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> object.texts("b"))
        .withMessage("JSON: 'b' is not an array of strings");
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> object.allowOnly(Set.of("a", "b")))
        .withMessage("JSON: unknown key 'c'");
  }
}
