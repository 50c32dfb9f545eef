package dev.hawser.proxy.reply;

import dev.hawser.proxy.http.HeaderNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;

/**
 * An answer of the proxy itself.
 *
 * @param flags Envoy's response flags, e.g. {@code UH}, maybe empty; for metrics and log
 * @param code one word with underscores that a program can compare
 * @param message a sentence for people
 */
public record LocalReply(int status, String flags, String code, String message) {
  private static final AsciiString JSON = AsciiString.cached("application/json");
  private static final AsciiString GRPC = AsciiString.cached("application/grpc");

  /** Returns the head. */
  public Http2Headers head(boolean grpc, int bodyLength) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    if (grpc) {
      return headers
          .status("200")
          .add(HeaderNames.CONTENT_TYPE, GRPC)
          .add(HeaderNames.GRPC_STATUS, Integer.toString(grpcStatus()))
          .add(HeaderNames.GRPC_MESSAGE, percentEncoded(message));
    }
    headers.status(Integer.toString(status));
    if (!code.isEmpty()) {
      headers.add(HeaderNames.CONTENT_TYPE, JSON);
    }
    return headers.add(HeaderNames.CONTENT_LENGTH, Integer.toString(bodyLength));
  }

  /** Returns the body, for other callers than gRPC. */
  public ByteBuf body() {
    String text =
        code.isEmpty()
            ? message
            : "{\"error\":\"" + code + "\",\"message\":\"" + escaped(message) + "\"}\n";
    return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
  }

  /** As Envoy translates them. */
  private int grpcStatus() {
    return switch (status) {
      case 400 -> 13;
      case 401 -> 16;
      case 403 -> 7;
      case 404 -> 12;
      case 429, 502, 503, 504 -> 14;
      default -> 2;
    };
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** As the gRPC protocol writes messages. */
  private static String percentEncoded(String text) {
    StringBuilder out = new StringBuilder(text.length() + 8);
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      if (octet >= ' ' && octet <= '~' && octet != '%') {
        out.append((char) octet);
      } else {
        out.append(String.format("%%%02X", octet & 0xff));
      }
    }
    return out.toString();
  }
}
