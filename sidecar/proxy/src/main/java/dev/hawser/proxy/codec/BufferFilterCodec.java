package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.Buffer;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.BufferPerRoute;
import java.util.Optional;

/** Reads {@code envoy.filters.http.buffer}. */
final class BufferFilterCodec implements FilterCodec {
  /** One request may hold so much of our memory. */
  private static final int MAX_BODY = 1 << 20;

  @Override
  public Class<? extends Message> type() {
    return Buffer.class;
  }

  @Override
  public FilterConfig config(String path, Any message) throws ResourceRejectedException {
    return new FilterConfig.BodyLimit(
        limit(path, Fields.unpack(path, message, Buffer.getDefaultInstance())));
  }

  @Override
  public Optional<Class<? extends Message>> routeType() {
    return Optional.of(BufferPerRoute.class);
  }

  @Override
  public FilterOverride override(String path, Any message) throws ResourceRejectedException {
    BufferPerRoute route = Fields.unpack(path, message, BufferPerRoute.getDefaultInstance());
    SupportedFields.requireOnly(path, route, "disabled", "buffer");
    return route.getDisabled()
        ? new FilterOverride.Disabled()
        : new FilterOverride.BodyLimit(limit(path + ".buffer", route.getBuffer()));
  }

  private static int limit(String path, Buffer buffer) throws ResourceRejectedException {
    SupportedFields.requireOnly(path, buffer, "max_request_bytes");
    int most = buffer.getMaxRequestBytes().getValue();
    if (most <= 0 || most > MAX_BODY) {
      throw Fields.rejected(
          path + ".max_request_bytes",
          Integer.toUnsignedString(most) + " (expected: 1-" + MAX_BODY + ")");
    }
    return most;
  }
}
