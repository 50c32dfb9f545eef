package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.proxy.model.FilterConfig;
import dev.hawser.proxy.model.FilterOverride;
import java.util.Optional;

/** Reads one HTTP filter; registered in {@link FilterCodecs}. */
interface FilterCodec {
  /** Returns the message that configures it in a chain. */
  Class<? extends Message> type();

  /** Reads that message. */
  FilterConfig config(String path, Any message) throws ResourceRejectedException;

  /** Returns the message by which routes say something about it; empty if they cannot. */
  Optional<Class<? extends Message>> routeType();

  /** Reads that message. */
  FilterOverride override(String path, Any message) throws ResourceRejectedException;
}
