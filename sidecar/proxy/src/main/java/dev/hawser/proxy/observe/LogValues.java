package dev.hawser.proxy.observe;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.http.HeaderValue;
import dev.hawser.proxy.model.LogPart;
import dev.hawser.proxy.model.LogPart.Fact;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Returns what the parts of a line stand for. */
final class LogValues {
  private static final String ORIGINAL_PATH = "x-envoy-original-path";

  private static final List<String> GRPC =
      List.of(
          "OK",
          "Canceled",
          "Unknown",
          "InvalidArgument",
          "DeadlineExceeded",
          "NotFound",
          "AlreadyExists",
          "PermissionDenied",
          "ResourceExhausted",
          "FailedPrecondition",
          "Aborted",
          "OutOfRange",
          "Unimplemented",
          "Internal",
          "Unavailable",
          "DataLoss",
          "Unauthenticated");

  private LogValues() {}

  /** Whether the value of a part is a number in JSON. */
  static boolean isNumber(LogPart part) {
    return part instanceof LogPart.Known(Fact fact, int _)
        && switch (fact) {
          case RESPONSE_CODE,
              BYTES_RECEIVED,
              BYTES_SENT,
              DURATION,
              RESPONSE_DURATION,
              UPSTREAM_REQUEST_ATTEMPT_COUNT,
              DOWNSTREAM_REMOTE_PORT,
              DOWNSTREAM_DIRECT_REMOTE_PORT,
              DOWNSTREAM_LOCAL_PORT,
              GRPC_STATUS_NUMBER ->
              true;
          default -> false;
        };
  }

  /** Returns a value, or null if there is none. */
  static @Nullable String of(LogPart part, LogEntry entry) {
    return switch (part) {
      case LogPart.Literal(String text) -> text;
      case LogPart.RequestHeader(String name, String otherwise, int max) ->
          cut(either(entry.request(), name, otherwise, entry), max);
      case LogPart.ResponseHeader(String name, String otherwise, int max) ->
          entry.response() == null
              ? null
              : cut(either(entry.response(), name, otherwise, entry), max);
      case LogPart.Said(String namespace, List<String> path, int max) ->
          cut(said(entry.said(), namespace, path), max);
      case LogPart.Known(Fact fact, int max) -> cut(fact(fact, entry), max);
      case LogPart.StartTime _ -> null;
    };
  }

  private static @Nullable String cut(@Nullable String value, int max) {
    return value == null || value.length() <= max ? value : value.substring(0, max);
  }

  private static @Nullable String either(
      Http2Headers head, String name, String otherwise, LogEntry entry) {
    String value = header(head, name, entry);
    return value == null && !otherwise.isEmpty() ? header(head, otherwise, entry) : value;
  }

  private static @Nullable String header(Http2Headers head, String name, LogEntry entry) {
    String value = HeaderValue.of(head, name);
    boolean rewritten =
        value == null
            && name.equals(ORIGINAL_PATH)
            && !entry.ended().path().equals(HeaderValue.of(head, ":path"));
    return rewritten ? some(entry.ended().path()) : value;
  }

  private static @Nullable String said(
      @Nullable Metadata metadata, String namespace, List<String> path) {
    Object value = metadata == null ? null : metadata.get(namespace, path);
    return value == null ? null : value.toString();
  }

  private static @Nullable String fact(Fact fact, LogEntry entry) {
    Ended ended = entry.ended();
    Downstream from = entry.downstream();
    return switch (fact) {
      case PROTOCOL -> some(ended.protocol());
      case RESPONSE_CODE -> Integer.toString(ended.status());
      case RESPONSE_CODE_DETAILS -> details(ended);
      case RESPONSE_FLAGS -> some(ended.flags());
      // Of a connection, and requests have none of their own.
      case CONNECTION_TERMINATION_DETAILS -> null;
      case UPSTREAM_TRANSPORT_FAILURE_REASON -> some(entry.failure());
      case BYTES_RECEIVED -> Long.toString(ended.requestBytes());
      case BYTES_SENT -> Long.toString(ended.responseBytes());
      case DURATION -> millis(ended.durationNanos());
      case RESPONSE_DURATION -> entry.responseNanos() < 0 ? null : millis(entry.responseNanos());
      case UPSTREAM_HOST, UPSTREAM_REMOTE_ADDRESS -> some(ended.upstreamHost());
      case UPSTREAM_CLUSTER, UPSTREAM_CLUSTER_RAW -> some(ended.upstream());
      case UPSTREAM_LOCAL_ADDRESS -> address(entry.upstreamLocal());
      case UPSTREAM_PEER_URI_SAN -> ended.upstreamPeer();
      case UPSTREAM_REQUEST_ATTEMPT_COUNT -> Integer.toString(ended.attempts());
      case DOWNSTREAM_REMOTE_ADDRESS, DOWNSTREAM_DIRECT_REMOTE_ADDRESS -> address(from.remote());
      case DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT, DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT ->
          host(from.remote());
      case DOWNSTREAM_REMOTE_PORT, DOWNSTREAM_DIRECT_REMOTE_PORT -> port(from.remote());
      case DOWNSTREAM_LOCAL_ADDRESS -> address(from.local());
      case DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT -> host(from.local());
      case DOWNSTREAM_LOCAL_PORT -> port(from.local());
      case DOWNSTREAM_PEER_URI_SAN -> from.peerText();
      case REQUESTED_SERVER_NAME -> some(from.serverName());
      case ROUTE_NAME -> some(ended.route());
      case GRPC_STATUS -> grpc(ended.grpcStatus());
      case GRPC_STATUS_NUMBER ->
          ended.grpcStatus() < 0 ? null : Integer.toString(ended.grpcStatus());
      case TRACE_ID -> some(entry.traceId());
    };
  }

  private static @Nullable String details(Ended ended) {
    if (!ended.details().isEmpty()) {
      return ended.details();
    }
    return ended.status() != 0 && ended.flags().isEmpty() ? "via_upstream" : null;
  }

  private static @Nullable String some(String value) {
    return value.isEmpty() ? null : value;
  }

  private static String millis(long nanos) {
    return Long.toString(TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  private static @Nullable String grpc(int status) {
    if (status < 0) {
      return null;
    }
    return status < GRPC.size() ? GRPC.get(status) : "InvalidCode";
  }

  private static @Nullable String address(@Nullable SocketAddress address) {
    if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
      return null;
    }
    String host = inet.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
  }

  private static @Nullable String host(@Nullable InetSocketAddress address) {
    return address == null || address.getAddress() == null
        ? null
        : address.getAddress().getHostAddress();
  }

  private static @Nullable String port(@Nullable InetSocketAddress address) {
    return address == null ? null : Integer.toString(address.getPort());
  }
}
