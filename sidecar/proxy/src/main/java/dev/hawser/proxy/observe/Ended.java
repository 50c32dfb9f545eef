package dev.hawser.proxy.observe;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a request that is over.
 *
 * @param path as the caller sent it
 * @param protocol {@code HTTP/1.1} or the like
 * @param status 0 for none
 * @param grpcStatus -1 for none
 * @param flags Envoy's, with commas between them; maybe empty
 * @param details maybe empty
 * @param requestBytes of the body
 * @param responseBytes of the body
 * @param route maybe empty
 * @param upstream maybe empty
 * @param upstreamHost address of the last try; maybe empty
 * @param upstreamPeer who answered; null without TLS
 */
public record Ended(
    String authority,
    String method,
    String path,
    String protocol,
    String requestId,
    int status,
    int grpcStatus,
    String flags,
    String details,
    long startMillis,
    long durationNanos,
    long requestBytes,
    long responseBytes,
    int attempts,
    String route,
    String upstream,
    String upstreamHost,
    @Nullable String upstreamPeer) {
  /** Returns a connection of raw bytes that is over; the parameters are those of the record. */
  public static Ended bytes(
      String flags,
      long startMillis,
      long durationNanos,
      long received,
      long sent,
      int attempts,
      String upstream,
      String upstreamHost,
      @Nullable String upstreamPeer) {
    return new Ended(
        "",
        "",
        "",
        "",
        "",
        0,
        -1,
        flags,
        "",
        startMillis,
        durationNanos,
        received,
        sent,
        attempts,
        "",
        upstream,
        upstreamHost,
        upstreamPeer);
  }

  /** Returns what was no request and was answered with this status. */
  public static Ended garbage(int status, String protocol) {
    return new Ended(
        "",
        "",
        "",
        protocol,
        "",
        status,
        -1,
        "DPE",
        "",
        System.currentTimeMillis(),
        0,
        0,
        0,
        0,
        "",
        "",
        "",
        null);
  }
}
