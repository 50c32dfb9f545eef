package dev.hawser.cli.command;

import dev.hawser.api.admin.ClusterStatus;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.process.BackgroundCluster;
import dev.hawser.cli.shell.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Command;

@Command(
    name = "cluster",
    description = "A cluster on this machine: its control plane and its gateways.",
    subcommands = {
      ClusterStartCommand.class,
      ClusterCommand.Status.class,
      ClusterCommand.Stop.class
    })
final class ClusterCommand {
  /** Where a cluster of an unnamed data directory is kept. */
  static Path dataDir(RootCommand root) {
    String named = root.dataDir();
    return Path.of(named.isEmpty() ? "/var/lib/hawser" : named).toAbsolutePath().normalize();
  }

  @Command(
      name = "status",
      description = {
        "Shows the control plane, its registries, gateways and proxies.",
        "Exit code 3 if a registry is HELD or STALE, or a proxy refuses its configuration."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  hawser cluster status",
        "  hawser cluster status -o json | jq -r '.registries[].state'"
      })
  static final class Status extends AdminCommand {
    private static final Set<String> TROUBLED = Set.of("HELD", "STALE");

    @Override
    int run(RootCommand root, AdminApi api) {
      ClusterStatus status = api.cluster();
      root.print(status, () -> ClusterTexts.status(status, root.terminal().clock().instant()));
      boolean troubled =
          status.registries().stream().anyMatch(r -> TROUBLED.contains(r.state()))
              || status.proxies().stream().anyMatch(p -> !p.nack().isEmpty());
      return troubled ? ExitCode.NOT_HEALTHY : ExitCode.OK;
    }
  }

  @Command(
      name = "stop",
      description = "Stops a cluster that was started on this machine, in an orderly way.",
      footerHeading = "%nExamples:%n",
      footer = {"  hawser cluster stop --data-dir ~/hawser/east"})
  static final class Stop extends LocalCommand {
    @Override
    int run(RootCommand root) throws IOException, InterruptedException {
      return new BackgroundCluster(dataDir(root), root.terminal().out()).stop();
    }
  }
}
