package dev.hawser.agent.doctor;

import dev.hawser.api.naming.MeshHost;
import dev.hawser.api.naming.ServiceName;
import java.util.OptionalInt;

/**
 * The service that a program calls.
 *
 * @param host as it was written, without port
 * @param port empty: whichever the proxy knows
 */
public record Target(ServiceName service, String host, OptionalInt port) {
  private static final int MAX_PORT = 65_535;

  /**
   * Reads {@code SERVICE[:PORT]} in every spelling of a service's name.
   *
   * @throws IllegalArgumentException if the text is anything else
   */
  public static Target parse(String text) {
    int colon = text.indexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    OptionalInt port = colon < 0 ? OptionalInt.empty() : port(text.substring(colon + 1));
    if (colon >= 0 && port.isEmpty()) {
      throw malformed(text);
    }
    // A bare name has no namespace here: whose would it be?
    ServiceName service =
        host.indexOf('.') < 0 ? null : MeshHost.resolve(host, "default", "default").orElse(null);
    if (service == null) {
      throw malformed(text);
    }
    return new Target(service, host, port);
  }

  /** Returns the long form, by which nobody but the mesh answers. */
  String longName() {
    return service + ".svc.clusterset.local";
  }

  /** Whether an upstream of the proxy is of it. */
  boolean isMetBy(String upstream) {
    return port.isPresent()
        ? upstream.equals(service + ":" + port.getAsInt())
        : upstream.startsWith(service + ":");
  }

  @Override
  public String toString() {
    return port.isPresent() ? service + ":" + port.getAsInt() : service.toString();
  }

  private static OptionalInt port(String digits) {
    if (digits.isEmpty() || digits.length() > 5 || !digits.chars().allMatch(Character::isDigit)) {
      return OptionalInt.empty();
    }
    int number = Integer.parseInt(digits);
    return number < 1 || number > MAX_PORT ? OptionalInt.empty() : OptionalInt.of(number);
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "service: '" + text + "' (expected: name.namespace[:port], e.g. orders.shop:8080)");
  }
}
