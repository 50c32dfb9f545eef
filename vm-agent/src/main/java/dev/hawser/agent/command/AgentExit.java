package dev.hawser.agent.command;

/** The exit codes of {@code hawser-agent}; scripts rely on them. */
public final class AgentExit {
  public static final int OK = 0;

  /** It could not be done. */
  public static final int FAILED = 1;

  /** The command line is wrong. */
  public static final int USAGE = 2;

  /** The agent does not run, or something that it needs is not well. */
  public static final int NOT_HEALTHY = 3;

  /** No control plane answers. */
  public static final int UNREACHABLE = 4;

  /** The token, or the server, was refused. */
  public static final int REFUSED = 5;

  private AgentExit() {}
}
