package dev.hawser.controlplane.xds;

import com.google.protobuf.Any;
import com.google.protobuf.Message;

/**
 * A resource that is ready to be sent: serialised once, whoever it goes to.
 *
 * @param version the first 16 hexadecimal digits of the SHA-256 of its bytes
 */
record XdsResource(String name, Any body, String version) {
  static XdsResource of(String name, Message message) {
    Any body = Wire.any(message);
    return new XdsResource(name, body, Wire.digest(body.getValue()));
  }
}
