package dev.hawser.agent;

import dev.hawser.agent.command.AgentCommand;
import dev.hawser.agent.command.AgentTerminal;
import java.util.Arrays;

/** Runs {@code hawser-agent}. */
public final class AgentMain {
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  private AgentMain() {}

  public static void main(String[] args) {
    boolean runs = Arrays.asList(args).contains("run");
    // A command that answers and ends speaks for itself; only the running agent logs.
    if (System.getProperty(LOG_LEVEL) == null) {
      System.setProperty(LOG_LEVEL, runs ? "info" : "off");
    }
    System.exit(AgentCommand.run(AgentTerminal.system(), args));
  }
}
