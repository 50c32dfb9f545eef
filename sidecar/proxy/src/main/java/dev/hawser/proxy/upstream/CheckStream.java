package dev.hawser.proxy.upstream;

import dev.hawser.proxy.http.ClientConnection;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.http.HttpStream;
import dev.hawser.proxy.http.StreamFailure;
import dev.hawser.proxy.http.StreamListener;
import dev.hawser.proxy.model.HealthCheck.Kind;
import dev.hawser.proxy.model.HealthCheck.StatusRange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The request of a check and its answer. */
final class CheckStream implements StreamListener {
  private static final AsciiString USER_AGENT = AsciiString.cached("user-agent");
  private static final AsciiString SELF = AsciiString.cached("Hawser/HC");
  private static final AsciiString GRPC = AsciiString.cached("application/grpc");

  /** An answer of the health service is a few bytes. */
  private static final int MAX_ANSWER = 1024;

  /** The prefix of a message: whether it is compressed, and its length. */
  private static final int PREFIX = 5;

  private final CheckCall call;
  private final ByteBuf answer = Unpooled.buffer(64, MAX_ANSWER);
  private Kind.@Nullable Http http;
  private @Nullable HttpStream stream;

  CheckStream(CheckCall call) {
    this.call = call;
  }

  void http(ClientConnection connection, Kind.Http asked) {
    http = asked;
    HttpStream opened = connection.open(this);
    stream = opened;
    opened.sendHeaders(head(asked.method(), asked.path(), asked.host(), asked.headers()), true);
  }

  /** Asks the health service ({@code grpc.health.v1.Health/Check}). */
  void grpc(ClientConnection connection, Kind.Grpc asked) {
    HttpStream opened = connection.open(this);
    stream = opened;
    Http2Headers head =
        head("POST", "/grpc.health.v1.Health/Check", asked.authority(), asked.metadata());
    head.add(HeaderNames.CONTENT_TYPE, GRPC).add(HeaderNames.TE, HeaderNames.TRAILERS);
    opened.sendHeaders(head, false);
    opened.sendData(message(asked.service()), true);
  }

  private Http2Headers head(
      String method, String path, String authority, Map<String, String> more) {
    Http2Headers head =
        new DefaultHttp2Headers(false)
            .method(method)
            .scheme(call.isSecure() ? "https" : "http")
            .authority(call.authority(authority))
            .path(path)
            .add(USER_AGENT, SELF);
    more.forEach(head::set);
    return head;
  }

  /** Writes a HealthCheckRequest: the name is its first field. */
  private static ByteBuf message(String service) {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    ByteBuf body = Unpooled.buffer();
    if (name.length > 0) {
      body.writeByte(0x0A);
      int length = name.length;
      for (; length > 0x7F; length >>>= 7) {
        body.writeByte((length & 0x7F) | 0x80);
      }
      body.writeByte(length).writeBytes(name);
    }
    ByteBuf framed = Unpooled.buffer();
    framed.writeByte(0).writeInt(body.readableBytes()).writeBytes(body);
    body.release();
    return framed;
  }

  @Override
  public void onHeaders(Http2Headers headers, boolean end) {
    int status = headers.status() == null ? 0 : Integer.parseInt(headers.status().toString());
    Kind.Http asked = http;
    if (asked == null) {
      if (status != 200) {
        call.end(CheckWatch.Result.REFUSED, "status " + status);
      } else if (end) {
        judge(headers);
      }
      return;
    }
    if (StatusRange.anyHas(asked.expected(), status)) {
      call.end(CheckWatch.Result.PASSED, "");
    } else {
      call.end(
          StatusRange.anyHas(asked.retriable(), status)
              ? CheckWatch.Result.FAILED
              : CheckWatch.Result.REFUSED,
          "status " + status);
    }
  }

  @Override
  public void onData(ByteBuf data, boolean end) {
    int size = data.readableBytes();
    if (http == null && size <= answer.writableBytes() + MAX_ANSWER - answer.capacity()) {
      answer.writeBytes(data);
    }
    data.release();
    if (stream != null) {
      stream.credit(size);
    }
    if (end) {
      call.end(CheckWatch.Result.REFUSED, "no status of gRPC came");
    }
  }

  @Override
  public void onTrailers(Http2Headers trailers) {
    judge(trailers);
  }

  private void judge(Http2Headers trailers) {
    int code = trailers.getInt(HeaderNames.GRPC_STATUS, -1);
    if (code != 0) {
      call.end(CheckWatch.Result.REFUSED, "grpc-status " + code);
      return;
    }
    // HealthCheckResponse: its first field is the status, and 1 means serving.
    boolean serving =
        answer.readableBytes() >= PREFIX + 2
            && answer.getByte(PREFIX) == 0x08
            && answer.getByte(PREFIX + 1) == 1;
    call.end(
        serving ? CheckWatch.Result.PASSED : CheckWatch.Result.REFUSED,
        serving ? "" : "the service says that it is not serving");
  }

  @Override
  public void onWritable() {
    // All that there is has been sent.
  }

  @Override
  public void onReset(StreamFailure failure) {
    call.end(CheckWatch.Result.SILENT, failure.detail());
  }
}
