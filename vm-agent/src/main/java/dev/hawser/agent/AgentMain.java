package dev.hawser.agent;

import dev.hawser.agent.command.AgentCommand;
import dev.hawser.agent.command.AgentTerminal;
import java.util.Arrays;

/** Runs {@code hawser-agent}. */
public final class AgentMain {
  private AgentMain() {}

  public static void main(String[] args) {
    boolean runs = Arrays.asList(args).contains("run");
    // A command that answers and ends speaks for itself; only the running agent logs.
    setDefault("org.slf4j.simpleLogger.defaultLogLevel", runs ? "info" : "off");
    setDefault("org.slf4j.simpleLogger.showDateTime", "true");
    setDefault("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    System.exit(AgentCommand.run(AgentTerminal.system(), args));
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
