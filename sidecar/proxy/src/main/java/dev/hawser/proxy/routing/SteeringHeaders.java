package dev.hawser.proxy.routing;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Headers by which callers of Envoy steer it. They are for a proxy, never for an application, and
 * the next proxy must not be steered by whoever called this one.
 */
public final class SteeringHeaders {
  private static final AsciiString PREFIX = AsciiString.cached("x-envoy-");

  private static final Set<String> NAMES =
      Set.of(
          "decorator-operation",
          "downstream-service-cluster",
          "downstream-service-node",
          "expected-rq-timeout-ms",
          "external-address",
          "fault-abort-grpc-request",
          "fault-abort-request",
          "fault-abort-request-percentage",
          "fault-delay-request",
          "fault-delay-request-percentage",
          "fault-throughput-response",
          "fault-throughput-response-percentage",
          "force-trace",
          "hedge-on-per-try-timeout",
          "internal",
          "ip-tags",
          "max-retries",
          "original-url",
          "retriable-header-names",
          "retriable-status-codes",
          "retry-grpc-on",
          "retry-on",
          "upstream-alt-stat-name",
          "upstream-rq-per-try-timeout-ms",
          "upstream-rq-timeout-alt-response",
          "upstream-rq-timeout-ms",
          "upstream-stream-duration-ms");

  private SteeringHeaders() {}

  /** Takes them out of a request that is passed on. */
  public static void remove(Http2Headers request) {
    List<CharSequence> found = null;
    for (Map.Entry<CharSequence, CharSequence> field : request) {
      CharSequence name = field.getKey();
      boolean steers =
          name.length() > PREFIX.length()
              && AsciiString.regionMatches(name, false, 0, PREFIX, 0, PREFIX.length())
              && NAMES.contains(name.toString().substring(PREFIX.length()));
      if (steers) {
        found = found == null ? new ArrayList<>(2) : found;
        found.add(name);
      }
    }
    if (found != null) {
      found.forEach(request::remove);
    }
  }
}
