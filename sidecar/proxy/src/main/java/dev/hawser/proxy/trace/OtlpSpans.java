package dev.hawser.proxy.trace;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes spans as OTLP 1 has them. */
final class OtlpSpans {
  private static final InstrumentationScope SCOPE =
      InstrumentationScope.newBuilder().setName("hawser").build();

  /** The caller's flag of W3C Trace Context. */
  private static final int SAMPLED = 1;

  private OtlpSpans() {}

  static ExportTraceServiceRequest request(String service, List<Span> spans) {
    ScopeSpans.Builder scope = ScopeSpans.newBuilder().setScope(SCOPE);
    for (Span span : spans) {
      scope.addSpans(span(span));
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(text("service.name", service)))
                .addScopeSpans(scope))
        .build();
  }

  private static io.opentelemetry.proto.trace.v1.Span span(Span span) {
    io.opentelemetry.proto.trace.v1.Span.Builder out =
        io.opentelemetry.proto.trace.v1.Span.newBuilder()
            .setTraceId(
                bytes(
                    ByteBuffer.allocate(16)
                        .putLong(span.context().high())
                        .putLong(span.context().low())))
            .setSpanId(bytes(ByteBuffer.allocate(8).putLong(span.context().span())))
            .setTraceState(span.context().state())
            .setFlags(SAMPLED)
            .setName(span.name())
            .setKind(
                span.kind() == Span.Kind.SERVER
                    ? io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_SERVER
                    : io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CLIENT)
            .setStartTimeUnixNano(span.beganNanos())
            .setEndTimeUnixNano(span.endedNanos());
    if (span.parent() != 0) {
      out.setParentSpanId(bytes(ByteBuffer.allocate(8).putLong(span.parent())));
    }
    if (span.failed()) {
      out.setStatus(Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR));
    }
    for (int i = 0; i < span.tags().size(); i += 2) {
      out.addAttributes(text(span.tags().get(i), span.tags().get(i + 1)));
    }
    return out.build();
  }

  private static ByteString bytes(ByteBuffer buffer) {
    return ByteString.copyFrom(buffer.flip());
  }

  private static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }
}
