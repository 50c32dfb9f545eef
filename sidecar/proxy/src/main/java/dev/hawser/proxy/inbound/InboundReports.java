package dev.hawser.proxy.inbound;

import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.context.ProxyContext;
import dev.hawser.proxy.exchange.Summary;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.observe.Ended;
import dev.hawser.proxy.observe.Observer;
import dev.hawser.proxy.tcp.TcpSide;
import dev.hawser.proxy.telemetry.Report;
import dev.hawser.proxy.telemetry.Telemetry;
import dev.hawser.proxy.upstream.Upstream;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Tells about calls from the callee's side. */
final class InboundReports {
  private static final String DESTINATION = "destination";

  private InboundReports() {}

  static void request(ProxyContext context, InboundPeer peer, Summary summary) {
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
            peer,
            http,
            summary.flags(),
            summary.startMillis(),
            summary.durationNanos(),
            summary.requestBytes(),
            summary.responseBytes(),
            summary.upstream(),
            summary.endpoint(),
            summary.attempts());
    context.telemetry().request(report, http);
  }

  /** What came was no request, and the connection answered by itself. */
  static void badRequest(ProxyContext context, InboundPeer peer, int status, String protocol) {
    Report.Http http = new Report.Http("", "", "", protocol, "", false, status, -1, "", 0, 0);
    Report report =
        report(context, peer, http, "DPE", System.currentTimeMillis(), 0, 0, 0, null, null, 0);
    context.telemetry().request(report, http);
  }

  /**
   * Returns what takes note of connections of raw bytes.
   *
   * @param observer null if nothing is told about them but metrics
   */
  static TcpSide tcp(
      ProxyContext context,
      InboundPeer peer,
      @Nullable Observer observer,
      SplittableRandom random) {
    return (upstream, endpoint, _, attempts) -> {
      long startMillis = System.currentTimeMillis();
      long startNanos = System.nanoTime();
      Report opened =
          report(context, peer, null, "", startMillis, 0, 0, 0, upstream, endpoint, attempts);
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
                  peer,
                  null,
                  flags,
                  startMillis,
                  nanos,
                  fromCaller,
                  toCaller,
                  upstream,
                  endpoint,
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
                    null),
                peer.downstream(),
                random);
          }
        }
      };
    };
  }

  /** A connection of raw bytes was refused by policy. */
  static void denied(ProxyContext context, InboundPeer peer, String flags) {
    Report report =
        report(context, peer, null, flags, System.currentTimeMillis(), 0, 0, 0, null, null, 0);
    context.telemetry().opened(report).closed(report);
  }

  private static Report report(
      ProxyContext context,
      InboundPeer peer,
      Report.@Nullable Http http,
      String flags,
      long startMillis,
      long durationNanos,
      long received,
      long sent,
      @Nullable Upstream upstream,
      @Nullable Endpoint endpoint,
      int attempts) {
    UpstreamConfig config = upstream == null ? null : upstream.config();
    return new Report(
        DESTINATION,
        peer.party(),
        context.telemetry().own(context.self().get().orElse(null)),
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
        peer.serverName(),
        attempts,
        peer.downstream().tls());
  }
}
