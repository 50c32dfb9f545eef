package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.FaultPlan;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import dev.hawser.proxy.reply.GrpcCodes;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import java.util.Optional;

/** Reads {@code envoy.filters.http.fault}. */
final class FaultFilterCodec implements FilterCodec {
  private static final int ANY_GRPC_STATUS = -1;

  @Override
  public Class<? extends Message> type() {
    return HTTPFault.class;
  }

  @Override
  public FilterConfig config(String path, Any message) throws ResourceRejectedException {
    return new FilterConfig.Fault(plan(path, message));
  }

  @Override
  public Optional<Class<? extends Message>> routeType() {
    return Optional.of(HTTPFault.class);
  }

  @Override
  public FilterOverride override(String path, Any message) throws ResourceRejectedException {
    return new FilterOverride.Fault(plan(path, message));
  }

  private static FaultPlan plan(String path, Any message) throws ResourceRejectedException {
    HTTPFault fault = Fields.unpack(path, message, HTTPFault.getDefaultInstance());
    SupportedFields.requireOnly(path, fault, "delay", "abort", "headers", "max_active_faults");
    int most = fault.getMaxActiveFaults().getValue();
    return new FaultPlan(
        fault.hasDelay() ? Optional.of(delay(path + ".delay", fault.getDelay())) : Optional.empty(),
        fault.hasAbort() ? Optional.of(abort(path + ".abort", fault.getAbort())) : Optional.empty(),
        TextCodec.headers(path + ".headers", fault.getHeadersList()),
        fault.hasMaxActiveFaults() && most >= 0 ? most : Integer.MAX_VALUE);
  }

  private static FaultPlan.Delay delay(String path, FaultDelay delay)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, delay, "fixed_delay", "header_delay", "percentage");
    return new FaultPlan.Delay(
        switch (delay.getFaultDelaySecifierCase()) {
          case FIXED_DELAY ->
              Optional.of(Fields.duration(path + ".fixed_delay", delay.getFixedDelay()));
          case HEADER_DELAY -> Optional.empty();
          case FAULTDELAYSECIFIER_NOT_SET ->
              throw Fields.rejected(path, "no delay (expected: fixed_delay or header_delay)");
        },
        FractionCodec.fraction(path + ".percentage", delay.getPercentage()));
  }

  private static FaultPlan.Abort abort(String path, FaultAbort abort)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(
        path, abort, "http_status", "grpc_status", "header_abort", "percentage");
    return new FaultPlan.Abort(
        switch (abort.getErrorTypeCase()) {
          case HTTP_STATUS -> Optional.of(http(path + ".http_status", abort.getHttpStatus()));
          case GRPC_STATUS -> Optional.of(grpc(path + ".grpc_status", abort.getGrpcStatus()));
          case HEADER_ABORT -> Optional.empty();
          case ERRORTYPE_NOT_SET ->
              throw Fields.rejected(
                  path, "no error (expected: http_status, grpc_status or header_abort)");
        },
        FractionCodec.fraction(path + ".percentage", abort.getPercentage()));
  }

  private static FaultPlan.Status http(String path, int status) throws ResourceRejectedException {
    if (status < 200 || status > 599) {
      throw Fields.rejected(path, status + " (expected: 200-599)");
    }
    return new FaultPlan.Status(status, ANY_GRPC_STATUS);
  }

  private static FaultPlan.Status grpc(String path, int status) throws ResourceRejectedException {
    if (status < 0 || status > 16) {
      throw Fields.rejected(path, status + " (expected: 0-16)");
    }
    return new FaultPlan.Status(GrpcCodes.http(status), status);
  }
}
