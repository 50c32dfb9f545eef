package dev.hawser.controlplane.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import dev.hawser.api.admin.Problem;
import dev.hawser.controlplane.peer.FederationException;
import dev.hawser.controlplane.state.StateUnavailableException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every error as the same kind of body; one table, so that none is answered by accident. */
@Provider
public final class Problems implements ExceptionMapper<Throwable> {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  @Override
  public Response toResponse(Throwable failure) {
    return response(problem(failure));
  }

  static Response response(Problem problem) {
    Response.ResponseBuilder response =
        Response.status(problem.status()).type(MediaType.APPLICATION_JSON).entity(problem);
    return problem.status() == 401
        ? response.header("WWW-Authenticate", "Bearer").build()
        : response.build();
  }

  static Problem problem(Throwable failure) {
    return switch (failure) {
      case ProblemException known -> known.problem();
      case FederationException refused ->
          new Problem(
              refused.httpStatus(),
              refused.code(),
              String.valueOf(refused.getMessage()),
              refused.hint());
      case StateUnavailableException away ->
          new Problem(
              503,
              "state-unavailable",
              String.valueOf(away.getMessage()),
              "try again when the state store answers");
      case JsonMappingException wrong ->
          new Problem(400, "invalid", mapping(wrong), "see /q/openapi for the body's form");
      case JsonProcessingException wrong ->
          new Problem(
              400,
              "malformed",
              "the body is not JSON: " + wrong.getOriginalMessage(),
              "see /q/openapi for the body's form");
      case WebApplicationException http -> http(http);
      default -> {
        LOG.error("A request failed.", failure);
        yield new Problem(
            500,
            "internal",
            "the control plane failed at this request",
            "look at its log; then try again");
      }
    };
  }

  private static String mapping(JsonMappingException wrong) {
    String path =
        wrong.getPath().stream()
            .map(at -> at.getFieldName() == null ? "[" + at.getIndex() + "]" : at.getFieldName())
            .collect(Collectors.joining("."));
    return "field '" + path + "': " + wrong.getOriginalMessage();
  }

  private static Problem http(WebApplicationException failure) {
    int status = failure.getResponse().getStatus();
    if (failure.getCause() instanceof JsonProcessingException cause) {
      return problem(cause);
    }
    return switch (status) {
      case 404 -> new Problem(404, "not-found", "there is nothing at this path", "see /q/openapi");
      case 405 -> new Problem(405, "method-not-allowed", "not with this method", "see /q/openapi");
      case 415 ->
          new Problem(
              415,
              "unsupported-media-type",
              "a body of this content type is not read here",
              "send application/json, or application/yaml to /v1/apply");
      default ->
          new Problem(
              status,
              status >= 500 ? "internal" : "invalid",
              String.valueOf(failure.getMessage()),
              "see /q/openapi");
    };
  }
}
