package dev.hawser.controlplane.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import java.util.Optional;

/**
 * A resource that is ready to be sent: serialised once, whoever it goes to.
 *
 * @param version the first 16 hexadecimal digits of the SHA-256 of its bytes
 * @param metadata what no field of the message says; it goes beside it and only on incremental
 *     streams, since others have no place for it
 */
record XdsResource(String name, Any body, String version, Optional<Metadata> metadata) {
  static XdsResource of(String name, Message message) {
    Any body = Wire.any(message);
    return new XdsResource(name, body, Wire.digest(body.getValue()), Optional.empty());
  }

  static XdsResource of(String name, Message message, Metadata metadata) {
    Any body = Wire.any(message);
    // A client that has the message must still get a change of what is said beside it.
    String version = Wire.digest(body.getValue().concat(Wire.bytes(metadata)));
    return new XdsResource(name, body, version, Optional.of(metadata));
  }
}
