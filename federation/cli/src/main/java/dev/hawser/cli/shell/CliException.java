package dev.hawser.cli.shell;

import org.jspecify.annotations.Nullable;

/** Ends a command with a message, what to do next, and an exit code. */
public final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final String hint;

  public CliException(int exitCode, String message, String hint) {
    this(exitCode, message, hint, null);
  }

  public CliException(int exitCode, String message, String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  public int exitCode() {
    return exitCode;
  }

  /** Returns what to do next; empty if there is nothing to add. */
  public String hint() {
    return hint;
  }
}
