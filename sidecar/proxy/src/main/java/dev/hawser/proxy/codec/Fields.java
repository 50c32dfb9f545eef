package dev.hawser.proxy.codec;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hawser.engine.xds.ResourceRejectedException;
import dev.hawser.engine.xds.SupportedFields;
import dev.hawser.proxy.model.Address;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import java.time.Duration;

/** Reading what many messages have in common. */
final class Fields {
  /** The key of our own words in metadata. */
  static final String HAWSER = "hawser";

  /** Longer ones are slips, and would overflow nanoseconds. */
  private static final long MAX_SECONDS = 10L * 365 * 24 * 3600;

  private Fields() {}

  static ResourceRejectedException rejected(String path, String reason) {
    return new ResourceRejectedException(path, reason);
  }

  /** Returns the packed message, which must be of the prototype's type. */
  static <M extends Message> M unpack(String path, Any any, M prototype)
      throws ResourceRejectedException {
    @SuppressWarnings("unchecked")
    Class<M> type = (Class<M>) prototype.getClass();
    if (!any.is(type)) {
      throw rejected(
          path,
          "type "
              + any.getTypeUrl()
              + " (expected: "
              + prototype.getDescriptorForType().getFullName()
              + ")");
    }
    try {
      M message = any.unpack(type);
      SupportedFields.requireKnown(message);
      return message;
    } catch (InvalidProtocolBufferException e) {
      throw rejected(path, "does not parse: " + e.getMessage());
    }
  }

  static Duration duration(String path, com.google.protobuf.Duration value)
      throws ResourceRejectedException {
    boolean valid =
        value.getSeconds() >= 0
            && value.getSeconds() <= MAX_SECONDS
            && value.getNanos() >= 0
            && value.getNanos() < 1_000_000_000;
    if (!valid) {
      throw rejected(
          path, value.getSeconds() + " s " + value.getNanos() + " ns (expected: 0 to ten years)");
    }
    return Duration.ofSeconds(value.getSeconds(), value.getNanos());
  }

  /** Reads host and port of a TCP address. */
  static Address address(String path, io.envoyproxy.envoy.config.core.v3.Address address)
      throws ResourceRejectedException {
    SupportedFields.requireOnly(path, address, "socket_address");
    SocketAddress socket = address.getSocketAddress();
    String at = path + ".socket_address";
    SupportedFields.requireOnly(at, socket, "protocol", "address", "port_value");
    if (socket.getProtocol() != SocketAddress.Protocol.TCP) {
      throw rejected(at + ".protocol", socket.getProtocol() + " (expected: TCP)");
    }
    try {
      return new Address(socket.getAddress(), socket.getPortValue());
    } catch (IllegalArgumentException e) {
      throw rejected(at, String.valueOf(e.getMessage()));
    }
  }

  static Struct hawser(Metadata metadata) {
    return metadata.getFilterMetadataOrDefault(HAWSER, Struct.getDefaultInstance());
  }

  static String text(Struct struct, String key) {
    return struct.getFieldsOrDefault(key, Value.getDefaultInstance()).getStringValue();
  }

  static boolean flag(Struct struct, String key) {
    return struct.getFieldsOrDefault(key, Value.getDefaultInstance()).getBoolValue();
  }

  static long number(Struct struct, String key, long otherwise) {
    Value value = struct.getFieldsMap().get(key);
    return value != null && value.hasNumberValue() ? (long) value.getNumberValue() : otherwise;
  }

  /**
   * Refuses a source of resources that is not the control plane, which is the only one there is.
   */
  static void requireControlPlane(String path, boolean set, ConfigSource source)
      throws ResourceRejectedException {
    boolean ours =
        !set
            || source.getConfigSourceSpecifierCase() == ConfigSource.ConfigSourceSpecifierCase.ADS
            || source.getConfigSourceSpecifierCase() == ConfigSource.ConfigSourceSpecifierCase.SELF;
    if (!ours) {
      throw rejected(path, source.getConfigSourceSpecifierCase() + " (expected: ADS or SELF)");
    }
  }
}
