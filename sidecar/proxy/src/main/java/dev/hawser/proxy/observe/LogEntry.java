package dev.hawser.proxy.observe;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Metadata;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A request that is over, for logs. Nothing in it changes any more, so that its line can be written
 * on another thread.
 *
 * @param response null if there was none
 * @param said by filters; null if there were none
 * @param upstreamLocal our end of the last connection; null if there was none
 * @param failure of the last try without a response; maybe empty
 * @param responseNanos from the beginning to the head of the response; -1 if there was none
 * @param traceId maybe empty
 */
record LogEntry(
    Ended ended,
    Http2Headers request,
    @Nullable Http2Headers response,
    Downstream downstream,
    @Nullable Metadata said,
    @Nullable SocketAddress upstreamLocal,
    String failure,
    long responseNanos,
    String traceId,
    boolean traced) {}
