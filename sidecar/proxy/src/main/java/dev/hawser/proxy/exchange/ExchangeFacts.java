package dev.hawser.proxy.exchange;

import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.observe.Ended;
import dev.hawser.proxy.observe.Watch;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.trust.spiffe.SpiffeId;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Collects what will be told about a request. */
final class ExchangeFacts {
  private static final String GRPC = "application/grpc";

  /** Of what is no gRPC; never read into. */
  private static final GrpcMessages NO_MESSAGES = new GrpcMessages();

  private final String protocol;
  private final long startMillis = System.currentTimeMillis();
  private final long startNanos = System.nanoTime();
  private String authority = "";
  private String method = "";
  private String path = "";
  private String requestId = "";
  private boolean grpc;

  /** Of gRPC alone. */
  private GrpcMessages requestMessages = NO_MESSAGES;

  private GrpcMessages responseMessages = NO_MESSAGES;
  private int status;
  private int grpcStatus = -1;
  private String flags = "";
  private String details = "";
  private long requestBytes;
  private long responseBytes;
  private int attempts;
  private @Nullable Upstream upstream;
  private @Nullable Endpoint endpoint;
  private @Nullable SpiffeId peer;
  private String route = "";
  private @Nullable Watch watch;
  private @Nullable Http2Headers judged;

  ExchangeFacts(String protocol) {
    this.protocol = protocol;
  }

  static int parseStatus(@Nullable CharSequence status) {
    return status != null && status.length() == 3
        ? (status.charAt(0) - '0') * 100 + (status.charAt(1) - '0') * 10 + status.charAt(2) - '0'
        : 0;
  }

  void begin(Http2Headers request) {
    authority = text(request.authority());
    method = text(request.method());
    path = text(request.path());
    CharSequence type = request.get(HeaderNames.CONTENT_TYPE);
    grpc = type != null && AsciiString.regionMatches(type, true, 0, GRPC, 0, GRPC.length());
    if (grpc) {
      requestMessages = new GrpcMessages();
      responseMessages = new GrpcMessages();
    }
  }

  /** Somebody else observes it too, or nobody does. */
  void watch(@Nullable Watch by) {
    watch = by;
  }

  @Nullable Watch watch() {
    return watch;
  }

  void route(String name) {
    route = name;
  }

  /** A route is about to change headers of the request: what was judged is what they are now. */
  void judged(Http2Headers head) {
    Http2Headers copy = new DefaultHttp2Headers(false);
    copy.add(head);
    judged = copy;
  }

  /**
   * Returns a head as rules of access saw it, whatever routes and filters have made of it since.
   */
  Http2Headers asJudged(Http2Headers head) {
    Http2Headers copy = new DefaultHttp2Headers(false);
    copy.add(judged == null ? head : judged);
    copy.method(method);
    // CONNECT has no path, and a rule or a route must not be shown an empty one.
    set(copy, Http2Headers.PseudoHeaderName.AUTHORITY.value(), authority);
    set(copy, Http2Headers.PseudoHeaderName.PATH.value(), path);
    return copy;
  }

  private static void set(Http2Headers head, AsciiString name, String value) {
    if (value.isEmpty()) {
      head.remove(name);
    } else {
      head.set(name, value);
    }
  }

  private static String text(@Nullable CharSequence value) {
    return value == null ? "" : value.toString();
  }

  Instant arrived() {
    return Instant.ofEpochMilli(startMillis);
  }

  void requestId(@Nullable CharSequence id) {
    requestId = text(id);
  }

  void upstream(Upstream to) {
    upstream = to;
  }

  void attempt(Endpoint on) {
    endpoint = on;
    peer = null;
    attempts++;
  }

  void peer(@Nullable SpiffeId verified) {
    peer = verified;
  }

  void requestData(ByteBuf piece) {
    requestBytes += piece.readableBytes();
    if (grpc) {
      requestMessages.read(piece);
    }
  }

  void responseData(ByteBuf piece) {
    responseBytes += piece.readableBytes();
    if (grpc) {
      responseMessages.read(piece);
    }
  }

  /** Takes note of the body of an answer of the proxy itself. */
  void ownBytes(int count) {
    responseBytes += count;
  }

  void response(Http2Headers headers, int code) {
    status = code;
    trailers(headers);
    if (watch != null) {
      watch.response(headers, code);
    }
  }

  void trailers(Http2Headers fields) {
    if (grpc) {
      grpcStatus = fields.getInt(HeaderNames.GRPC_STATUS, grpcStatus);
    }
  }

  /** This is the head of an answer of the proxy itself. */
  void local(Http2Headers head) {
    response(head, status);
  }

  void ended(int code, String flag) {
    status = code;
    flag(flag);
  }

  void flag(String flag) {
    if (!flag.isEmpty() && !flags.contains(flag)) {
      flags = flags.isEmpty() ? flag : flags + "," + flag;
    }
  }

  void details(String said) {
    details = said;
  }

  int status() {
    return status;
  }

  int attempts() {
    return attempts;
  }

  String protocol() {
    return protocol;
  }

  /** Whether the response has no body, whatever its head says. */
  boolean isHead() {
    return method.equals("HEAD");
  }

  boolean isGrpc() {
    return grpc;
  }

  Summary summary() {
    return new Summary(
        authority,
        method,
        path,
        protocol,
        requestId,
        grpc,
        status,
        grpcStatus,
        flags,
        details,
        startMillis,
        System.nanoTime() - startNanos,
        requestBytes,
        responseBytes,
        requestMessages.count(),
        responseMessages.count(),
        attempts,
        upstream,
        endpoint,
        peer);
  }

  /** Tells who watches that it is over. */
  void tell(Summary summary, @Nullable Metadata said) {
    if (watch != null) {
      watch.end(
          new Ended(
              authority,
              method,
              path,
              protocol,
              requestId,
              status,
              grpcStatus,
              flags,
              details,
              startMillis,
              summary.durationNanos(),
              requestBytes,
              responseBytes,
              attempts,
              route,
              upstream == null ? "" : upstream.name(),
              endpoint == null ? "" : endpoint.addressText(),
              peer == null ? null : peer.toString()),
          said);
    }
  }
}
