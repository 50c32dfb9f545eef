package dev.hawser.controlplane.state;

import java.io.Serial;

/** The store cannot be reached, read or written; nothing was changed by the failed call. */
public final class StateUnavailableException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public StateUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  public StateUnavailableException(String message) {
    super(message);
  }
}
