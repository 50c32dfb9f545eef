package dev.hawser.cli.shell;

/** The exit codes of {@code hawser}; scripts rely on them, so they never change their meaning. */
public final class ExitCode {
  public static final int OK = 0;

  /** The request was understood and could not be done. */
  public static final int FAILED = 1;

  /** The command line is wrong. */
  public static final int USAGE = 2;

  /** The question was answered, and the answer is that something is not healthy. */
  public static final int NOT_HEALTHY = 3;

  /** No control plane answers at the address. */
  public static final int UNREACHABLE = 4;

  /** The credential is absent, unreadable or refused. */
  public static final int UNAUTHORIZED = 5;

  private ExitCode() {}
}
