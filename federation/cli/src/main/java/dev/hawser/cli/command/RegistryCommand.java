package dev.hawser.cli.command;

import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.shell.ExitCode;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "registry",
    description = "The sources of services.",
    subcommands = RegistryCommand.Accept.class)
final class RegistryCommand {

  @Command(
      name = "accept",
      description = {
        "Believes a registry whose sudden loss of services is being held back.",
        "What it no longer reports is then withdrawn."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  hawser registry accept consul/dc1",
        "  hawser cluster status       # shows which one is HELD"
      })
  static final class Accept extends AdminCommand {
    @Parameters(paramLabel = "SOURCE", description = "As 'hawser cluster status' shows it.")
    private String source = "";

    @Override
    int run(RootCommand root, AdminApi api) {
      api.acceptRegistry(source);
      root.print(Map.of("accepted", source), () -> "Accepted the state of " + source + ".\n");
      return ExitCode.OK;
    }
  }
}
