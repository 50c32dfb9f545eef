package dev.hawser.it.differential;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A message of HTTP/1.1 as it was read.
 *
 * @param first its first line
 */
record Message(String first, List<Field> fields, String body) {
  private static final int MAX_LINE = 64 * 1024;

  Message {
    fields = List.copyOf(fields);
  }

  Optional<String> value(String name) {
    return fields.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .findFirst();
  }

  int status() {
    return Integer.parseInt(first.split(" ", 3)[1]);
  }

  /** Whether the sender will send no other on this connection. */
  boolean isLast() {
    return value("connection").orElse("").toLowerCase(Locale.ROOT).contains("close");
  }

  /** Reads a request; empty if the connection ended between two. */
  static Optional<Message> request(BufferedInputStream in) throws IOException {
    in.mark(1);
    if (in.read() < 0) {
      return Optional.empty();
    }
    in.reset();
    return Optional.of(read(in, false, false));
  }

  /**
   * Reads a response.
   *
   * @param toHead whether it answers HEAD, so that it has no body whatever it says
   */
  static Message response(BufferedInputStream in, boolean toHead) throws IOException {
    return read(in, true, toHead);
  }

  private static Message read(BufferedInputStream in, boolean response, boolean toHead)
      throws IOException {
    String first = line(in);
    List<Field> fields = new ArrayList<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("line of a head: '" + line + "' (expected: name: value)");
      }
      fields.add(new Field(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    Message head = new Message(first, fields, "");
    boolean without =
        response && (toHead || head.status() == 204 || head.status() == 304 || head.status() < 200);
    return without ? head : new Message(first, fields, body(head, in, response));
  }

  private static String body(Message head, InputStream in, boolean response) throws IOException {
    Optional<String> length = head.value("content-length");
    if (head.value("transfer-encoding").orElse("").equalsIgnoreCase("chunked")) {
      return chunks(in);
    }
    if (length.isPresent()) {
      return text(in.readNBytes(Integer.parseInt(length.get())));
    }
    return response ? text(in.readAllBytes()) : "";
  }

  private static String chunks(InputStream in) throws IOException {
    StringBuilder out = new StringBuilder();
    int size = Integer.parseInt(line(in), 16);
    while (size > 0) {
      out.append(text(in.readNBytes(size)));
      line(in);
      size = Integer.parseInt(line(in), 16);
    }
    String trailer = line(in);
    while (!trailer.isEmpty()) {
      trailer = line(in); // trailers are no part of what is compared
    }
    return out.toString();
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0 || line.length() > MAX_LINE) {
        throw new EOFException("after '" + line + "' (expected: a line)");
      }
      if (octet != '\r') {
        line.append((char) octet);
      }
    }
    return line.toString();
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}
