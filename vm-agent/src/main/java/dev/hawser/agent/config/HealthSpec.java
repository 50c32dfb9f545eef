package dev.hawser.agent.config;

import dev.hawser.api.naming.ServiceName;
import java.net.URI;

/**
 * How to tell whether the application behind a service serves.
 *
 * @param service {@code name.namespace}
 * @param target {@code http://host:port/path}, {@code tcp://host:port} or {@code exec:command}
 */
public record HealthSpec(String service, String target) {
  public HealthSpec {
    ServiceName.parse(service);
    String problem = problem(target);
    if (!problem.isEmpty()) {
      throw new IllegalArgumentException(
          "health check of "
              + service
              + ": '"
              + target
              + "' "
              + problem
              + " (expected: http://host:port/path, tcp://host:port or exec:command)");
    }
  }

  /** Reads {@code service=target}. */
  public static HealthSpec parse(String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException(
          "health check: '" + text + "' (expected: service=target, e.g. billing.shop=tcp://...)");
    }
    return new HealthSpec(text.substring(0, equals), text.substring(equals + 1));
  }

  private static String problem(String target) {
    if (target.startsWith("exec:")) {
      return target.substring("exec:".length()).isBlank() ? "has no command" : "";
    }
    URI uri;
    try {
      uri = URI.create(target);
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
    String scheme = String.valueOf(uri.getScheme());
    if (!scheme.equals("http") && !scheme.equals("tcp")) {
      return "is of another kind";
    }
    if (uri.getHost() == null) {
      return "has no host";
    }
    return scheme.equals("tcp") && uri.getPort() < 1 ? "has no port" : "";
  }
}
