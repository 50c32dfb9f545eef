package dev.hawser.proxy.outbound;

import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.context.ProxyContext;
import dev.hawser.proxy.exchange.Summary;
import dev.hawser.proxy.filter.Downstream;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.observe.Ended;
import dev.hawser.proxy.observe.Observer;
import dev.hawser.proxy.tcp.TcpSide;
import dev.hawser.proxy.telemetry.Party;
import dev.hawser.proxy.telemetry.Report;
import dev.hawser.proxy.telemetry.Telemetry;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.trust.spiffe.SpiffeId;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Tells about calls from the caller's side. */
final class OutboundReports {
  private static final String SOURCE = "source";

  private OutboundReports() {}

  static void request(ProxyContext context, Summary summary) {
    Report.Http http =
        new Report.Http(
            summary.authority(),
            summary.method(),
            summary.path(),
            summary.protocol(),
            summary.requestId(),
            summary.grpc(),
            summary.status(),
            summary.grpcStatus(),
            summary.details(),
            summary.requestMessages(),
            summary.responseMessages());
    Report report =
        report(
            context,
            http,
            summary.flags(),
            summary.startMillis(),
            summary.durationNanos(),
            summary.requestBytes(),
            summary.responseBytes(),
            summary.upstream(),
            summary.endpoint(),
            summary.peer(),
            summary.attempts());
    context.telemetry().request(report, http);
  }

  /** What came was no request, and the connection answered by itself. */
  static void badRequest(ProxyContext context, int status, String protocol) {
    Report.Http http = new Report.Http("", "", "", protocol, "", false, status, -1, "", 0, 0);
    Report report =
        report(context, http, "DPE", System.currentTimeMillis(), 0, 0, 0, null, null, null, 0);
    context.telemetry().request(report, http);
  }

  /**
   * Returns what takes note of connections of raw bytes.
   *
   * @param observer null if nothing is told about them but metrics
   */
  static TcpSide tcp(
      ProxyContext context,
      @Nullable Observer observer,
      Downstream downstream,
      SplittableRandom random) {
    return (upstream, endpoint, peer, attempts) -> {
      long startMillis = System.currentTimeMillis();
      long startNanos = System.nanoTime();
      Report opened =
          report(context, null, "", startMillis, 0, 0, 0, upstream, endpoint, peer, attempts);
      Telemetry.Flow flow = context.telemetry().opened(opened);
      return new TcpSide.Entry() {
        @Override
        public void moved(long fromCaller, long toCaller) {
          flow.moved(fromCaller, toCaller);
        }

        @Override
        public void closed(long fromCaller, long toCaller, String flags) {
          long nanos = System.nanoTime() - startNanos;
          flow.closed(
              report(
                  context,
                  null,
                  flags,
                  startMillis,
                  nanos,
                  fromCaller,
                  toCaller,
                  upstream,
                  endpoint,
                  peer,
                  attempts));
          if (observer != null) {
            observer.tell(
                Ended.bytes(
                    flags,
                    startMillis,
                    nanos,
                    fromCaller,
                    toCaller,
                    attempts,
                    upstream.name(),
                    endpoint == null ? "" : endpoint.addressText(),
                    peer == null ? null : peer.toString()),
                downstream,
                random);
          }
        }
      };
    };
  }

  private static Report report(
      ProxyContext context,
      Report.@Nullable Http http,
      String flags,
      long startMillis,
      long durationNanos,
      long received,
      long sent,
      @Nullable Upstream upstream,
      @Nullable Endpoint endpoint,
      @Nullable SpiffeId peer,
      int attempts) {
    UpstreamConfig config = upstream == null ? null : upstream.config();
    return new Report(
        SOURCE,
        context.telemetry().own(context.self().get().orElse(null)),
        endpoint == null ? Party.of(peer) : endpoint.party(peer),
        config == null ? "" : config.destination().service(),
        config == null ? "" : config.destination().namespace(),
        http,
        flags,
        startMillis,
        durationNanos,
        received,
        sent,
        upstream == null ? "" : upstream.name(),
        endpoint == null ? "" : endpoint.addressText(),
        endpoint == null ? "" : endpoint.config().serverName(),
        attempts,
        peer != null);
  }
}
