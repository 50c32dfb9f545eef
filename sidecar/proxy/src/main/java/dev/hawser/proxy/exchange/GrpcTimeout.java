package dev.hawser.proxy.exchange;

import dev.hawser.proxy.model.RouteRule;
import io.netty.handler.codec.http2.Http2Headers;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time that a gRPC caller allows itself ({@code grpc-timeout}: at most eight digits and a unit,
 * by the gRPC protocol over HTTP/2), where a route heeds it. Pure.
 */
final class GrpcTimeout {
  private static final String HEADER = "grpc-timeout";
  private static final int MAX_DIGITS = 8;

  private GrpcTimeout() {}

  /** Returns how long the response may take; a caller that says nothing has the route's bound. */
  static Optional<Duration> response(RouteRule.Timeouts timeouts, Http2Headers request) {
    if (timeouts.grpcResponse().isEmpty()) {
      return timeouts.response();
    }
    Duration most = timeouts.grpcResponse().get();
    Duration said = read(request.get(HEADER));
    Optional<Duration> bounded =
        said == null
            ? Optional.of(most).filter(Duration::isPositive)
            : Optional.of(least(said, most));
    if (said != null && bounded.isPresent() && !bounded.get().equals(said)) {
      request.set(HEADER, bounded.get().toMillis() + "m");
    }
    return bounded;
  }

  /** Returns how long all of it may take. */
  static Optional<Duration> total(RouteRule.Timeouts timeouts, Http2Headers request) {
    if (timeouts.grpcTotal().isEmpty()) {
      return timeouts.total();
    }
    Duration said = read(request.get(HEADER));
    return said == null ? timeouts.total() : Optional.of(least(said, timeouts.grpcTotal().get()));
  }

  private static Duration least(Duration said, Duration most) {
    return most.isPositive() && most.compareTo(said) < 0 ? most : said;
  }

  static @Nullable Duration read(@Nullable CharSequence text) {
    if (text == null || text.length() < 2 || text.length() > MAX_DIGITS + 1) {
      return null;
    }
    int last = text.length() - 1;
    long amount = 0;
    for (int i = 0; i < last; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return null;
      }
      amount = amount * 10 + (c - '0');
    }
    return switch (text.charAt(last)) {
      case 'H' -> Duration.ofHours(amount);
      case 'M' -> Duration.ofMinutes(amount);
      case 'S' -> Duration.ofSeconds(amount);
      case 'm' -> Duration.ofMillis(amount);
      case 'u' -> Duration.ofNanos(amount * 1000);
      case 'n' -> Duration.ofNanos(amount);
      default -> null;
    };
  }
}
