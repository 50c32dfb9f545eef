package dev.hawser.agent.command;

import picocli.CommandLine.IVersionProvider;

/** The release, from the jar's manifest. */
final class AgentVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = AgentVersion.class.getPackage().getImplementationVersion();
    return new String[] {"hawser-agent " + (version == null ? "(not packaged)" : version)};
  }
}
