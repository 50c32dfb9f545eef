package dev.hawser.agent.command;

import org.jspecify.annotations.Nullable;

/** Ends a command with a message, what to do next, and an exit code. */
final class AgentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final String hint;

  AgentException(int exitCode, String message, String hint) {
    this(exitCode, message, hint, null);
  }

  AgentException(int exitCode, String message, String hint, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
    this.hint = hint;
  }

  int exitCode() {
    return exitCode;
  }

  String hint() {
    return hint;
  }
}
