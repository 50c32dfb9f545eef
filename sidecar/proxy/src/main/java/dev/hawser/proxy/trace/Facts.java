package dev.hawser.proxy.trace;

import org.jspecify.annotations.Nullable;

/**
 * What a span says of a request that is over.
 *
 * @param status 0 for none
 * @param grpcStatus -1 for none
 * @param flags maybe empty
 * @param upstream maybe empty
 * @param upstreamHost maybe empty
 * @param downstream address of the caller; null if that is not known
 */
public record Facts(
    String method,
    String scheme,
    String authority,
    String path,
    String protocol,
    String requestId,
    String userAgent,
    int status,
    int grpcStatus,
    String flags,
    long requestBytes,
    long responseBytes,
    String upstream,
    String upstreamHost,
    @Nullable String downstream) {}
