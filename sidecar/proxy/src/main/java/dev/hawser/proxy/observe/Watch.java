package dev.hawser.proxy.observe;

import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.filter.Metadata;
import dev.hawser.proxy.http.HeaderValue;
import dev.hawser.proxy.trace.Facts;
import dev.hawser.proxy.trace.Trace;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.SocketAddress;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Watches one request. Lives on its event loop. */
public final class Watch {
  private final Observer observer;
  private final Http2Headers request;
  private final Downstream downstream;
  private final SplittableRandom random;
  private final @Nullable Trace trace;
  private final long beganNanos = System.nanoTime();
  private @Nullable Http2Headers response;
  private @Nullable SocketAddress upstreamLocal;
  private @Nullable Metadata metadata;
  private String failure = "";
  private long responseNanos = -1;

  Watch(
      Observer observer,
      Http2Headers request,
      Downstream downstream,
      SplittableRandom random,
      @Nullable Trace trace) {
    this.observer = observer;
    this.request = request;
    this.downstream = downstream;
    this.random = random;
    this.trace = trace;
  }

  /** It is passed on with this head. */
  public void passOn(Http2Headers head) {
    if (trace != null) {
      trace.passOn(head);
    }
  }

  /**
   * A try begins.
   *
   * @param local address of our end of the connection
   * @param host address of the other end, as configured
   */
  public void beginTry(Http2Headers head, SocketAddress local, String upstream, String host) {
    upstreamLocal = local;
    if (trace != null) {
      trace.beginTry(head, upstream, host);
    }
  }

  /** A try got no response. */
  public void tryFailed(String flag, String reason) {
    failure = reason;
    if (trace != null) {
      trace.endTry(flag);
    }
  }

  /** A response came that is not passed on. */
  public void tryAnswered(int status) {
    if (trace != null) {
      trace.answered(status);
      trace.endTry("");
    }
  }

  /** This is the head of the response. */
  public void response(Http2Headers head, int status) {
    response = head;
    responseNanos = System.nanoTime() - beganNanos;
    if (trace != null) {
      trace.answered(status);
    }
  }

  /**
   * It is over.
   *
   * @param said by filters; null if there were none
   */
  public void end(Ended ended, @Nullable Metadata said) {
    metadata = said;
    if (trace != null) {
      trace.end(request, facts(ended));
    }
    if (!observer.logs().isEmpty()) {
      LogEntry entry =
          new LogEntry(
              ended,
              request,
              response,
              downstream,
              metadata,
              upstreamLocal,
              failure,
              responseNanos,
              trace == null ? "" : trace.id(),
              trace != null && trace.isSampled());
      for (LogPlan log : observer.logs()) {
        log.write(entry, random);
      }
    }
  }

  private Facts facts(Ended ended) {
    return new Facts(
        ended.method(),
        header("scheme", request.scheme()),
        ended.authority(),
        ended.path(),
        ended.protocol(),
        ended.requestId(),
        header("user-agent", null),
        ended.status(),
        ended.grpcStatus(),
        ended.flags(),
        ended.requestBytes(),
        ended.responseBytes(),
        ended.upstream(),
        ended.upstreamHost(),
        downstream.source() == null ? null : downstream.source().getHostAddress());
  }

  private String header(String name, @Nullable CharSequence known) {
    if (known != null) {
      return known.toString();
    }
    String value = HeaderValue.of(request, name);
    return value == null ? (name.equals("scheme") ? "http" : "") : value;
  }
}
