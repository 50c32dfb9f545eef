package dev.hawser.proxy.codec;

import com.google.re2j.Pattern;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.TextMatch;

/**
 * Reads Envoy's path templates: {@code *} is one segment, {@code **} any number of characters, both
 * also as {@code {name}}, {@code {name=*}} and {@code {name=**}}.
 */
final class PathTemplates {
  private static final String SEGMENT = "[^/]+";
  private static final String REST = ".*";

  private PathTemplates() {}

  /** Returns the test of a whole path. */
  static TextMatch.Regex match(String path, String template) throws ResourceRejectedException {
    if (!template.startsWith("/")) {
      throw Fields.rejected(path, template + " (expected: a path that begins with /)");
    }
    StringBuilder expression = new StringBuilder();
    int at = 0;
    while (at < template.length()) {
      char c = template.charAt(at);
      if (c == '{') {
        int end = template.indexOf('}', at);
        expression.append(variable(path, template, at, end));
        at = end + 1;
      } else if (c == '*') {
        boolean twice = template.startsWith("**", at);
        expression.append(twice ? REST : SEGMENT);
        at += twice ? 2 : 1;
      } else if (c == '}' || c == '?' || c == '#') {
        throw Fields.rejected(path, template + " (expected: a path template)");
      } else {
        expression.append(Pattern.quote(String.valueOf(c)));
        at++;
      }
    }
    return TextCodec.regex(path, expression.toString());
  }

  private static String variable(String path, String template, int start, int end)
      throws ResourceRejectedException {
    if (end < 0) {
      throw Fields.rejected(path, template + " (expected: } after {)");
    }
    String inner = template.substring(start + 1, end);
    int equals = inner.indexOf('=');
    String value = equals < 0 ? "*" : inner.substring(equals + 1);
    return switch (value) {
      case "*" -> SEGMENT;
      case "**" -> REST;
      default -> throw Fields.rejected(path, inner + " (expected: name, name=* or name=**)");
    };
  }
}
