package dev.hawser.proxy.trace;

import dev.hawser.proxy.call.GrpcCall;
import dev.hawser.proxy.call.SideCall;
import dev.hawser.proxy.http.HeaderNames;
import dev.hawser.proxy.model.TraceRule;
import dev.hawser.proxy.upstream.Upstream;
import dev.hawser.proxy.worker.Worker;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;

/** One call to a collector, over gRPC or HTTP. */
final class ExportCall {
  private static final String METHOD = "opentelemetry.proto.collector.trace.v1.TraceService/Export";
  private static final int MAX_ANSWER = 1 << 16;

  private final TraceRule.Collector collector;
  private final byte[] body;
  private final int spans;
  private final Taken taken;
  private final Failed failed;

  /** Spans were taken. */
  interface Taken {
    void taken(int spans, int refused);
  }

  /** None was. */
  interface Failed {
    void failed(TraceRule.Collector collector, int spans, String reason);
  }

  /** Writes the message; not on an event loop, since that takes time. */
  ExportCall(
      TraceRule.Collector collector,
      ExportTraceServiceRequest request,
      int spans,
      Taken taken,
      Failed failed) {
    this.collector = collector;
    this.body = collector.path().isEmpty() ? GrpcCall.framed(request) : request.toByteArray();
    this.spans = spans;
    this.taken = taken;
    this.failed = failed;
  }

  /** Makes the call; on the worker's loop. */
  void begin(Worker worker, Upstream upstream) {
    if (collector.path().isEmpty()) {
      grpc(worker, upstream);
    } else {
      http(worker, upstream, collector.path().get());
    }
  }

  private void grpc(Worker worker, Upstream upstream) {
    var _ =
        GrpcCall.unary(
            worker,
            upstream,
            METHOD,
            this::say,
            body,
            ExportTraceServiceResponse.parser(),
            collector.timeout(),
            result -> {
              switch (result) {
                case GrpcCall.Result.Failed<ExportTraceServiceResponse>(String reason) ->
                    failed.failed(collector, spans, reason);
                case GrpcCall.Result.Answered<ExportTraceServiceResponse>(
                        ExportTraceServiceResponse answer) -> {
                  long refused =
                      Math.clamp(answer.getPartialSuccess().getRejectedSpans(), 0, spans);
                  taken.taken(spans - (int) refused, (int) refused);
                }
              }
            });
  }

  private void http(Worker worker, Upstream upstream, String path) {
    Http2Headers head =
        new DefaultHttp2Headers(false)
            .method("POST")
            .scheme("http")
            .authority(upstream.name())
            .path(path)
            .add(HeaderNames.CONTENT_TYPE, "application/x-protobuf");
    say(head);
    var _ =
        SideCall.send(
            worker,
            upstream,
            head,
            body,
            collector.timeout(),
            MAX_ANSWER,
            result -> {
              switch (result) {
                case SideCall.Result.Failed(String reason) ->
                    failed.failed(collector, spans, reason);
                case SideCall.Result.Answered answered -> {
                  if (answered.status() / 100 == 2) {
                    taken.taken(spans, 0);
                  } else {
                    failed.failed(collector, spans, "HTTP status " + answered.status());
                  }
                }
              }
            });
  }

  private void say(Http2Headers head) {
    if (!collector.authority().isEmpty()) {
      head.authority(collector.authority());
    }
    collector.headers().forEach(head::set);
  }
}
