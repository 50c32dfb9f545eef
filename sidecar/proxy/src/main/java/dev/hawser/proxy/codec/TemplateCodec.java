package dev.hawser.proxy.codec;

import com.google.re2j.Pattern;
import dev.hawser.engine.xds.ResourceRejectedException;
import java.util.HashSet;
import java.util.Set;

/**
 * Reads templates of paths ({@code envoy.path.match.uri_template}): {@code *} is a segment, {@code
 * **} any number of them, {@code {name}} and {@code {name=a/*}} are remembered for a rewrite.
 */
final class TemplateCodec {
  /** What may be in a segment (RFC 3986 section 3.3). */
  private static final String SEGMENT = "[A-Za-z0-9\\-._~%!$&'()+,;:@=]+";

  private static final String SEGMENTS = "[A-Za-z0-9\\-._~%!$&'()+,;:@=/]*";

  private final String path;
  private final String template;
  private final StringBuilder out = new StringBuilder();
  private final Set<String> names = new HashSet<>();
  private boolean openEnd;

  private TemplateCodec(String path, String template) {
    this.path = path;
    this.template = template;
  }

  /** Returns the expression that stands for a template; its named groups are the variables. */
  static Pattern match(String path, String template) throws ResourceRejectedException {
    TemplateCodec codec = new TemplateCodec(path, template);
    if (!template.startsWith("/")) {
      throw codec.rejected("a path that begins with /");
    }
    codec.sequence(0, template.length(), true);
    return TextCodec.regex(path, codec.out.toString()).expression();
  }

  /** Returns a substitution for the expression of a template. */
  static String rewrite(String path, String template, Pattern match)
      throws ResourceRejectedException {
    TemplateCodec codec = new TemplateCodec(path, template);
    if (!template.startsWith("/")) {
      throw codec.rejected("a path that begins with /");
    }
    int at = 0;
    while (at < template.length()) {
      char c = template.charAt(at);
      if (c == '{') {
        int end = codec.closing(at);
        String name = template.substring(at + 1, end);
        if (!match.namedGroups().containsKey(name)) {
          throw codec.rejected("variables of the template that is matched");
        }
        codec.out.append("${").append(name).append('}');
        at = end + 1;
      } else if (c == '}' || c == '*' || c == '?' || c == '#' || c <= ' ' || c >= 0x7f) {
        throw codec.rejected("a path with variables in braces");
      } else {
        codec.out.append(c == '$' || c == '\\' ? "\\" : "").append(c);
        at++;
      }
    }
    return codec.out.toString();
  }

  private void sequence(int start, int end, boolean variables) throws ResourceRejectedException {
    int at = start;
    while (at < end) {
      char c = template.charAt(at);
      if (openEnd && c != '}') {
        // Envoy allows ** only as the last operator; literals may follow it.
        requireLiteral(c);
      }
      if (c == '{' && variables) {
        int close = closing(at);
        variable(at + 1, close);
        at = close + 1;
      } else if (template.startsWith("**", at)) {
        out.append(SEGMENTS);
        openEnd = true;
        at += 2;
      } else if (c == '*') {
        out.append(SEGMENT);
        at++;
      } else {
        requireLiteral(c);
        out.append(Pattern.quote(String.valueOf(c)));
        at++;
      }
    }
  }

  private void requireLiteral(char c) throws ResourceRejectedException {
    if (c == '{' || c == '}' || c == '*' || c == '?' || c == '#' || c <= ' ' || c >= 0x7f) {
      throw rejected("a path template, with ** only as its last operator");
    }
  }

  private void variable(int start, int end) throws ResourceRejectedException {
    int equals = template.indexOf('=', start);
    int nameEnd = equals < 0 || equals > end ? end : equals;
    String name = template.substring(start, nameEnd);
    if (!name.matches("[A-Za-z][A-Za-z0-9_]{0,15}") || !names.add(name)) {
      throw rejected("names of variables once, of 1-16 letters, digits and _");
    }
    out.append("(?P<").append(name).append('>');
    if (nameEnd == end) {
      out.append(SEGMENT);
    } else {
      sequence(nameEnd + 1, end, false);
    }
    out.append(')');
  }

  private int closing(int open) throws ResourceRejectedException {
    int close = template.indexOf('}', open);
    if (close < 0) {
      throw rejected("} after {");
    }
    return close;
  }

  private ResourceRejectedException rejected(String expected) {
    return Fields.rejected(path, template + " (expected: " + expected + ")");
  }
}
