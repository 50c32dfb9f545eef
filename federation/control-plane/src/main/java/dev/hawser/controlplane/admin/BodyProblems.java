package dev.hawser.controlplane.admin;

import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/**
 * A body that is JSON but not what was asked for. Quarkus brings a mapper of its own for exactly
 * this type, which answers without a word: only one for the same type comes before it.
 */
@Provider
public final class BodyProblems implements ExceptionMapper<MismatchedInputException> {
  @Override
  public Response toResponse(MismatchedInputException failure) {
    return Problems.response(Problems.problem(failure));
  }
}
