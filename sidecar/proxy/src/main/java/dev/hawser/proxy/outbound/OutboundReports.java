package dev.hawser.proxy.outbound;

import dev.hawser.proxy.balance.Endpoint;
import dev.hawser.proxy.context.ProxyContext;
import dev.hawser.proxy.exchange.Summary;
import dev.hawser.proxy.model.UpstreamConfig;
import dev.hawser.proxy.tcp.TcpSide;
import dev.hawser.proxy.telemetry.Party;
import dev.hawser.proxy.telemetry.Report;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.trust.spiffe.SpiffeId;
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
            summary.details());
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
    Report.Http http = new Report.Http("", "", "", protocol, "", false, status, -1, "");
    Report report =
        report(context, http, "DPE", System.currentTimeMillis(), 0, 0, 0, null, null, null, 0);
    context.telemetry().request(report, http);
  }

  /** Returns what takes note of connections of raw bytes. */
  static TcpSide tcp(ProxyContext context) {
    return (upstream, endpoint, peer, attempts) -> {
      long startMillis = System.currentTimeMillis();
      long startNanos = System.nanoTime();
      Report opened =
          report(context, null, "", startMillis, 0, 0, 0, upstream, endpoint, peer, attempts);
      context.telemetry().opened(opened);
      return new TcpSide.Entry() {
        @Override
        public void moved(long fromCaller, long toCaller) {
          context.telemetry().moved(opened, fromCaller, toCaller);
        }

        @Override
        public void closed(long fromCaller, long toCaller, String flags) {
          context
              .telemetry()
              .closed(
                  report(
                      context,
                      null,
                      flags,
                      startMillis,
                      System.nanoTime() - startNanos,
                      fromCaller,
                      toCaller,
                      upstream,
                      endpoint,
                      peer,
                      attempts));
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
        Party.of(context.self().get().orElse(null)),
        destination(endpoint, peer),
        config == null ? "" : config.destination().service(),
        config == null ? "" : config.destination().namespace(),
        http,
        flags,
        startMillis,
        durationNanos,
        received,
        sent,
        upstream == null ? "" : upstream.name(),
        endpoint == null ? "" : endpoint.config().address().toString(),
        endpoint == null ? "" : endpoint.config().serverName(),
        attempts,
        peer != null);
  }

  /** An endpoint that did not come as far as a verified peer still has its cluster. */
  private static Party destination(@Nullable Endpoint endpoint, @Nullable SpiffeId peer) {
    Party party = Party.of(peer);
    if (peer != null || endpoint == null || endpoint.config().cluster().isEmpty()) {
      return party;
    }
    return new Party(
        party.principal(), party.workload(), party.namespace(), endpoint.config().cluster());
  }
}
