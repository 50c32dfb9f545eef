package dev.hawser.engine.admin;

import java.nio.charset.StandardCharsets;

/**
 * An answer.
 *
 * @param status HTTP status code
 * @param contentType value of the header
 * @param body whole
 * @param allow the methods that are answered (RFC 9110 section 10.2.1); empty unless it is a 405
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record AdminResponse(int status, String contentType, byte[] body, String allow) {
  /** Returns an answer in plain text. */
  public static AdminResponse text(int status, String body) {
    return of(status, "text/plain; charset=utf-8", body);
  }

  /** Returns an answer whose text is JSON. */
  public static AdminResponse json(int status, String body) {
    return of(status, "application/json", body);
  }

  /** Returns an answer of any type. */
  public static AdminResponse of(int status, String contentType, String body) {
    return new AdminResponse(status, contentType, body.getBytes(StandardCharsets.UTF_8), "");
  }

  /** Returns the answer to a method that a path does not take. */
  static AdminResponse methodNotAllowed(String body, String allow) {
    return new AdminResponse(
        405, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8), allow);
  }
}
