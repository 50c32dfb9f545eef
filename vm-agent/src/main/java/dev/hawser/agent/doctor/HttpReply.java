package dev.hawser.agent.doctor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads one answer of HTTP/1.1 up to the end of its connection (RFC 9112). */
final class HttpReply {
  private HttpReply() {}

  static LocalProxy.Reply read(InputStream in, int max) throws IOException {
    byte[] all = in.readNBytes(max);
    String text = new String(all, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    String[] first = text.lines().findFirst().orElse("").split(" ", 3);
    if (end < 0 || first.length < 2 || !first[0].startsWith("HTTP/")) {
      throw new IOException(
          text.isEmpty() ? "it was ended before an answer came" : "the answer is not HTTP");
    }
    String head = text.substring(0, end).toLowerCase(Locale.ROOT);
    byte[] body = new byte[all.length - end - 4];
    System.arraycopy(all, end + 4, body, 0, body.length);
    byte[] plain = head.contains("transfer-encoding: chunked") ? joined(body) : body;
    return new LocalProxy.Reply(number(first[1], 10), new String(plain, StandardCharsets.UTF_8));
  }

  private static byte[] joined(byte[] chunks) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(chunks.length);
    String text = new String(chunks, StandardCharsets.ISO_8859_1);
    int at = 0;
    for (int end = text.indexOf("\r\n", at); end > 0; end = text.indexOf("\r\n", at)) {
      int length = number(text.substring(at, end).split(";", 2)[0].strip(), 16);
      int from = end + 2;
      if (length <= 0 || from + length > chunks.length) {
        break;
      }
      out.write(chunks, from, length);
      at = from + length + 2;
    }
    return out.toByteArray();
  }

  private static int number(String digits, int radix) throws IOException {
    try {
      return Integer.parseInt(digits, radix);
    } catch (NumberFormatException e) {
      throw new IOException("'" + digits + "' in an answer of HTTP (expected: a number)", e);
    }
  }
}
