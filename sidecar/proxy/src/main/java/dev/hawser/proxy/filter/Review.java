package dev.hawser.proxy.filter;

import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Instant;

/**
 * A request that was let in and is judged again, since the configuration has changed. Lives on its
 * event loop.
 *
 * @param request the head as it was judged, which must not be altered; what filters took out of it
 *     since is missing
 * @param told what filters said about it so far
 * @param arrived when it came: what was good then has not become bad by the time that has passed
 * @param again has it be judged once more, later, for a filter that cannot say yet; may be run when
 *     the request is over
 */
public record Review(
    Worker worker,
    Downstream downstream,
    Http2Headers request,
    Metadata told,
    Instant arrived,
    Runnable again) {}
