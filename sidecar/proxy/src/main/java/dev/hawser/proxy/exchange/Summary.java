package dev.hawser.proxy.exchange;

import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.trust.spiffe.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * A request that is over, for metrics and log.
 *
 * @param status 0 if the caller went away before one was known
 * @param grpcStatus -1 if it was not gRPC or gave none
 * @param flags Envoy's response flags with commas between them, maybe empty
 * @param details why it ended as it did, if a filter said so (Envoy's response_code_details); maybe
 *     empty
 * @param endpoint of the last try; null if there was none
 * @param peer who answered, verified; null without TLS
 * @param requestBytes of the body
 * @param responseBytes of the body
 * @param requestMessages of gRPC, 0 for anything else
 * @param responseMessages of gRPC, 0 for anything else
 * @param attempts tries, 0 if it was not passed on
 */
public record Summary(
    String authority,
    String method,
    String path,
    String protocol,
    String requestId,
    boolean grpc,
    int status,
    int grpcStatus,
    String flags,
    String details,
    long startMillis,
    long durationNanos,
    long requestBytes,
    long responseBytes,
    long requestMessages,
    long responseMessages,
    int attempts,
    @Nullable Upstream upstream,
    @Nullable Endpoint endpoint,
    @Nullable SpiffeId peer) {}
