package dev.hawser.proxy.model;

import java.util.List;

/** A part of a line of an access log. */
public sealed interface LogPart {
  /** Always the same. */
  record Literal(String text) implements LogPart {}

  /**
   * A header of the request, as it was passed on.
   *
   * @param name in lower case
   * @param otherwise looked at if there is no such header; empty for none
   * @param maxLength the rest is cut off
   */
  record RequestHeader(String name, String otherwise, int maxLength) implements LogPart {}

  /** A header of the response; the parameters are the same. */
  record ResponseHeader(String name, String otherwise, int maxLength) implements LogPart {}

  /** What a filter has said. */
  record Said(String namespace, List<String> path, int maxLength) implements LogPart {
    public Said {
      path = List.copyOf(path);
    }
  }

  /**
   * When the request began.
   *
   * @param pattern as of {@link java.time.format.DateTimeFormatter}, in UTC; empty for ISO 8601
   *     with milliseconds
   */
  record StartTime(String pattern) implements LogPart {}

  /** Something that is known of the request. */
  record Known(Fact fact, int maxLength) implements LogPart {}

  /** What is known of a request, in Envoy's words. */
  enum Fact {
    PROTOCOL,
    RESPONSE_CODE,
    RESPONSE_CODE_DETAILS,
    RESPONSE_FLAGS,
    CONNECTION_TERMINATION_DETAILS,
    UPSTREAM_TRANSPORT_FAILURE_REASON,
    BYTES_RECEIVED,
    BYTES_SENT,
    DURATION,
    RESPONSE_DURATION,
    UPSTREAM_HOST,
    UPSTREAM_REMOTE_ADDRESS,
    UPSTREAM_CLUSTER,
    UPSTREAM_CLUSTER_RAW,
    UPSTREAM_LOCAL_ADDRESS,
    UPSTREAM_PEER_URI_SAN,
    UPSTREAM_REQUEST_ATTEMPT_COUNT,
    DOWNSTREAM_REMOTE_ADDRESS,
    DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT,
    DOWNSTREAM_REMOTE_PORT,
    DOWNSTREAM_DIRECT_REMOTE_ADDRESS,
    DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT,
    DOWNSTREAM_DIRECT_REMOTE_PORT,
    DOWNSTREAM_LOCAL_ADDRESS,
    DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT,
    DOWNSTREAM_LOCAL_PORT,
    DOWNSTREAM_PEER_URI_SAN,
    REQUESTED_SERVER_NAME,
    ROUTE_NAME,
    GRPC_STATUS,
    GRPC_STATUS_NUMBER,
    TRACE_ID
  }
}
