package dev.hawser.proxy.call;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

/** A unary gRPC call of the proxy itself (gRPC over HTTP/2). */
public final class GrpcCall {
  /** Flag and length before each message. */
  private static final int PREFIX = 5;

  private static final int MAX_ANSWER = 1 << 20;

  private GrpcCall() {}

  /** How a call ended. */
  public sealed interface Result<T> {
    /** With a message. */
    record Answered<T>(T message) implements Result<T> {}

    /**
     * Without one.
     *
     * @param reason a sentence fragment
     */
    record Failed<T>(String reason) implements Result<T> {}
  }

  /**
   * Makes a call; on the worker's loop.
   *
   * @param method {@code package.Service/Method}
   * @param head receives what else should be said; pseudo-headers are there
   * @param then called once, on the loop, never before this method has returned
   */
  public static <T> SideCall unary(
      Worker worker,
      Upstream upstream,
      String method,
      Consumer<Http2Headers> head,
      MessageLite request,
      Parser<T> answer,
      Duration timeout,
      Consumer<Result<T>> then) {
    return unary(worker, upstream, method, head, framed(request), answer, timeout, then);
  }

  /**
   * Makes a call with a message that is written already; on the worker's loop.
   *
   * @param request as {@link #framed} returns it; the rest is the same
   */
  public static <T> SideCall unary(
      Worker worker,
      Upstream upstream,
      String method,
      Consumer<Http2Headers> head,
      byte[] request,
      Parser<T> answer,
      Duration timeout,
      Consumer<Result<T>> then) {
    Http2Headers headers =
        new DefaultHttp2Headers(false)
            .method("POST")
            .scheme("http")
            .authority(upstream.name())
            .path("/" + method)
            .add(HeaderNames.CONTENT_TYPE, "application/grpc")
            .add(HeaderNames.TE, HeaderNames.TRAILERS)
            .add("grpc-timeout", timeout.toMillis() + "m");
    head.accept(headers);
    return SideCall.send(
        worker,
        upstream,
        headers,
        request,
        timeout,
        MAX_ANSWER,
        result -> then.accept(read(result, answer)));
  }

  /** Returns a message with its flag and length before it; on any thread. */
  public static byte[] framed(MessageLite message) {
    byte[] bytes = message.toByteArray();
    return ByteBuffer.allocate(PREFIX + bytes.length)
        .put((byte) 0)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  private static <T> Result<T> read(SideCall.Result result, Parser<T> parser) {
    return switch (result) {
      case SideCall.Result.Failed(String reason) -> new Result.Failed<>(reason);
      case SideCall.Result.Answered answered -> {
        if (answered.status() != 200) {
          yield new Result.Failed<>("HTTP status " + answered.status());
        }
        CharSequence inTrailers = answered.trailers().get(HeaderNames.GRPC_STATUS);
        CharSequence status =
            inTrailers != null ? inTrailers : answered.head().get(HeaderNames.GRPC_STATUS);
        if (status == null || !status.toString().equals("0")) {
          yield new Result.Failed<>("gRPC status " + status);
        }
        yield message(answered.body(), parser);
      }
    };
  }

  private static <T> Result<T> message(ByteString body, Parser<T> parser) {
    ByteBuffer in = body.asReadOnlyByteBuffer();
    if (body.size() < PREFIX || in.get() != 0 || in.getInt() != body.size() - PREFIX) {
      return new Result.Failed<>("not one uncompressed message");
    }
    try {
      return new Result.Answered<>(parser.parseFrom(body.substring(PREFIX)));
    } catch (InvalidProtocolBufferException e) {
      return new Result.Failed<>("does not parse: " + e.getMessage());
    }
  }
}
