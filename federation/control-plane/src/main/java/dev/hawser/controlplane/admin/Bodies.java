package dev.hawser.controlplane.admin;

import dev.hawser.api.admin.JoinRequest;
import dev.hawser.api.admin.TokenRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bodies as they come: JSON may leave any field out, whatever the record says, and a field that is
 * left out means its empty value.
 */
final class Bodies {
  private Bodies() {}

  static TokenRequest token(@Nullable TokenRequest body) {
    TokenRequest request = required(body, "{\"kind\": \"CLUSTER\"}");
    return new TokenRequest(
        text(request.kind()),
        text(request.name()),
        text(request.namespace()),
        text(request.serviceAccount()),
        list(request.services()).stream().map(Bodies::service).toList(),
        request.ttlSeconds());
  }

  private static TokenRequest.LeasedService service(TokenRequest.@Nullable LeasedService body) {
    if (body == null) {
      throw new ProblemException(
          400, "invalid", "services: null (expected: objects with service and ports)", "");
    }
    return new TokenRequest.LeasedService(
        text(body.service()),
        list(body.ports()).stream().map(Bodies::text).toList(),
        text(body.export()));
  }

  static JoinRequest join(@Nullable JoinRequest body) {
    JoinRequest request = required(body, "{\"token\": \"hwsr1....\"}");
    String token = text(request.token()).strip();
    if (token.isEmpty()) {
      throw new ProblemException(
          400,
          "token-malformed",
          "token: empty (expected: what 'hawser invite' printed on a member)",
          "run 'hawser invite' on a member of the federation");
    }
    return new JoinRequest(token, request.plan());
  }

  static String yaml(@Nullable String body) {
    return required(body, "a YAML stream");
  }

  private static <T> T required(@Nullable T body, String expected) {
    if (body == null) {
      throw new ProblemException(
          400, "invalid", "the body is empty (expected: " + expected + ")", "see /q/openapi");
    }
    return body;
  }

  private static <T> List<T> list(@Nullable List<T> value) {
    return value == null ? List.of() : value;
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
