package dev.hawser.cli.command;

import picocli.CommandLine.IVersionProvider;

/** The release, from the jar's manifest. */
final class VersionText implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = VersionText.class.getPackage().getImplementationVersion();
    return new String[] {"hawser " + (version == null ? "(not packaged)" : version)};
  }
}
