package dev.hawser.proxy.http;

/** A message that breaks the rules; the connection it came on cannot be used any more. */
final class BadMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * Makes one.
   *
   * @param status with which a server answers it
   * @param reason a sentence fragment that names the rule
   */
  BadMessageException(int status, String reason) {
    // Made for every bad message that an outsider sends: no stack trace.
    super(reason, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }

  String reason() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
