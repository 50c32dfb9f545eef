package dev.hawser.proxy.authz;

import java.util.List;
import java.util.Map;

/** What the service says about a request. */
sealed interface Ruling {
  /** How a header is changed. */
  enum How {
    SET,
    APPEND,
    ADD_IF_ABSENT,
    OVERWRITE_IF_EXISTS
  }

  /** A header; its name in lower case. */
  record Header(String name, String value, How how) {}

  /**
   * It may pass.
   *
   * @param request headers for the application
   * @param remove headers that the application does not see
   * @param response headers for the caller
   * @param told what other filters learn
   */
  record Allowed(
      List<Header> request, List<String> remove, List<Header> response, Map<String, Object> told)
      implements Ruling {}

  /**
   * It may not.
   *
   * @param headers for the caller
   */
  record Denied(int status, List<Header> headers, String body, Map<String, Object> told)
      implements Ruling {}

  /**
   * Nobody knows.
   *
   * @param reason a sentence fragment
   */
  record Unknown(String reason) implements Ruling {}
}
