package dev.hawser.cli.command;

import dev.hawser.api.admin.ClusterStatus;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "leave",
    description = "Takes this cluster out of its federation: exports end, imports go.",
    footerHeading = "%nExamples:%n",
    footer = {"  hawser leave", "  hawser leave --yes              # for scripts: asks nothing"})
final class LeaveCommand extends AdminCommand {
  @Option(names = "--yes", description = "Does not ask.")
  private boolean yes;

  @Override
  int run(RootCommand root, AdminApi api) throws IOException {
    if (!yes) {
      confirm(root, api.cluster());
    }
    api.leave();
    root.print(Map.of("left", true), () -> "Left the federation.\n");
    return ExitCode.OK;
  }

  private static void confirm(RootCommand root, ClusterStatus cluster) throws IOException {
    if (!root.terminal().interactive()) {
      throw new CliException(
          ExitCode.USAGE, "leaving needs a confirmation, and nobody can be asked", "add --yes");
    }
    root.terminal()
        .err()
        .print(
            "Services of other clusters will no longer be reachable from "
                + cluster.cluster()
                + ", nor its own from them.\nType the cluster's name to go on: ");
    root.terminal().err().flush();
    String answer = root.terminal().in().readLine();
    if (answer == null || !answer.strip().equals(cluster.cluster())) {
      throw new CliException(ExitCode.FAILED, "not confirmed; nothing was changed", "");
    }
  }
}
