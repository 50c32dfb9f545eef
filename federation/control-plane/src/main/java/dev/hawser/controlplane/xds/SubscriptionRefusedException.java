package dev.hawser.controlplane.xds;

/** A client asks for more than one client may; the message says what and how much. */
final class SubscriptionRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SubscriptionRefusedException(String message) {
    super(message);
  }
}
