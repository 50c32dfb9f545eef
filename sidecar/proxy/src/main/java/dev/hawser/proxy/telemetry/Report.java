package dev.hawser.proxy.telemetry;

/**
 * A request or a connection that is over.
 *
 * @param reporter {@code source} or {@code destination}
 * @param service called, name without namespace; maybe empty
 * @param http null for a connection of raw bytes
 * @param bytesReceived from the caller
 * @param bytesSent to the caller
 * @param secured whether the mesh's mutual TLS carried it
 */
public record Report(
    String reporter,
    Party source,
    Party destination,
    String service,
    String serviceNamespace,
    @org.jspecify.annotations.Nullable Http http,
    String flags,
    long startMillis,
    long durationNanos,
    long bytesReceived,
    long bytesSent,
    String upstream,
    String upstreamHost,
    String upstreamServerName,
    int attempts,
    boolean secured) {

  /**
   * What only a request has.
   *
   * @param grpcStatus -1 for none
   * @param requestMessages of gRPC, 0 for anything else
   * @param responseMessages of gRPC, 0 for anything else
   * @param details why it ended as it did, if that was said; maybe empty
   */
  public record Http(
      String authority,
      String method,
      String path,
      String protocol,
      String requestId,
      boolean grpc,
      int status,
      int grpcStatus,
      String details,
      long requestMessages,
      long responseMessages) {}
}
