package dev.hawser.proxy.mesh;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * One line of {@code http1/messages.txt}.
 *
 * @param status of the answer
 * @param seen by the upstream; see the file
 * @param octets each a character
 */
record Http1Message(String name, int status, String seen, String octets) {
  static List<Http1Message> all() {
    try (InputStream in = Http1Message.class.getResourceAsStream("/http1/messages.txt")) {
      String text =
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.US_ASCII);
      return text.lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .map(Http1Message::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Http1Message parse(String line) {
    String[] parts = line.split("\t", 4);
    return new Http1Message(parts[0], Integer.parseInt(parts[1]), parts[2], octets(parts[3]));
  }

  private static String octets(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char kind = text.charAt(++i);
      switch (kind) {
        case 'r' -> out.append('\r');
        case 'n' -> out.append('\n');
        case 't' -> out.append('\t');
        case '\\' -> out.append('\\');
        case 'x' -> {
          out.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
          i += 2;
        }
        default -> throw new IllegalArgumentException("\\" + kind + " (expected: r n t x \\)");
      }
    }
    return out.toString();
  }

  @Override
  public String toString() {
    return name;
  }
}
