package dev.hawser.bench.rig;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file of a subject with places to fill in: {@code ${name}}. Resources of this package. */
final class Template {
  private static final Pattern PLACE = Pattern.compile("\\$\\{([a-zA-Z0-9]+)}");

  private Template() {}

  /**
   * Fills a template in.
   *
   * @throws IllegalArgumentException if a place has no value
   */
  static String fill(String name, Map<String, String> values) throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(
            Template.class.getResourceAsStream(name), () -> "no template " + name)) {
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      Matcher matcher = PLACE.matcher(text);
      return matcher.replaceAll(place -> {
        String value = values.get(place.group(1));
        if (value == null) {
          throw new IllegalArgumentException(
              name + ": ${" + place.group(1) + "} (expected: one of " + values.keySet() + ")");
        }
        return Matcher.quoteReplacement(value);
      });
    }
  }
}
