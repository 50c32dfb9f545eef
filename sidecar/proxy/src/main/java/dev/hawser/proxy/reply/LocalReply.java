package dev.hawser.proxy.reply;

import dev.hawser.proxy.http.HeaderNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * An answer of the proxy itself.
 *
 * @param flags Envoy's response flags, e.g. {@code UH}, maybe empty; for metrics and log
 * @param code one word with underscores that a program can compare; empty for a plain text
 * @param message a sentence for people
 * @param grpcStatus for callers that speak gRPC; {@link #BY_STATUS} for what the status means there
 * @param steps what else is done with the head, in this order
 */
public record LocalReply(
    int status,
    String flags,
    String code,
    String message,
    int grpcStatus,
    List<Consumer<Http2Headers>> steps) {
  /** The status of gRPC follows from that of HTTP. */
  public static final int BY_STATUS = -1;

  private static final AsciiString JSON = AsciiString.cached("application/json");
  private static final AsciiString TEXT = AsciiString.cached("text/plain");
  private static final AsciiString GRPC = AsciiString.cached("application/grpc");

  public LocalReply {
    steps = List.copyOf(steps);
  }

  /** Makes an answer without anything particular. */
  public LocalReply(int status, String flags, String code, String message) {
    this(status, flags, code, message, BY_STATUS, List.of());
  }

  /** Returns it with another status for callers that speak gRPC. */
  public LocalReply withGrpcStatus(int other) {
    return new LocalReply(status, flags, code, message, other, steps);
  }

  /** Returns it with a header more. */
  public LocalReply withHeader(CharSequence name, CharSequence value) {
    return withStep(head -> head.add(name, value));
  }

  /** Returns it with one more step on its head. */
  public LocalReply withStep(Consumer<Http2Headers> step) {
    List<Consumer<Http2Headers>> all = new ArrayList<>(steps);
    all.add(step);
    return new LocalReply(status, flags, code, message, grpcStatus, all);
  }

  /** Returns the head. */
  public Http2Headers head(boolean grpc, int bodyLength) {
    Http2Headers headers = new DefaultHttp2Headers(false);
    if (grpc) {
      headers
          .status("200")
          .add(HeaderNames.CONTENT_TYPE, GRPC)
          .add(HeaderNames.GRPC_STATUS, Integer.toString(grpcCode()))
          .add(HeaderNames.GRPC_MESSAGE, percentEncoded(message));
    } else {
      headers.status(Integer.toString(status));
      if (bodyLength > 0) {
        headers.add(HeaderNames.CONTENT_TYPE, code.isEmpty() ? TEXT : JSON);
      }
      headers.add(HeaderNames.CONTENT_LENGTH, Integer.toString(bodyLength));
    }
    steps.forEach(step -> step.accept(headers));
    return headers;
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
  private int grpcCode() {
    if (grpcStatus != BY_STATUS) {
      return grpcStatus;
    }
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
