package dev.hawser.controlplane.state;

import java.io.Serial;

/** The document is no longer the one that the caller read. */
public final class StaleVersionException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  public StaleVersionException(StateKind kind, String key, String expected, String found) {
    super(
        "document "
            + kind.label()
            + "/"
            + key
            + " has version '"
            + found
            + "' (expected: '"
            + expected
            + "'): it was changed by another writer");
  }
}
