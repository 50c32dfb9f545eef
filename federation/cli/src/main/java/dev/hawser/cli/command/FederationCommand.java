package dev.hawser.cli.command;

import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.model.PeerState;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.output.Ages;
import dev.hawser.cli.output.Table;
import dev.hawser.cli.shell.ExitCode;
import java.time.Duration;
import picocli.CommandLine.Command;

@Command(
    name = "federation",
    description = "The clusters that trust each other.",
    subcommands = FederationCommand.Status.class)
final class FederationCommand {

  @Command(
      name = "status",
      description = {
        "Shows every member as this cluster sees it.",
        "Exit code 3 if a member is not LIVE."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  hawser federation status",
        "  hawser federation status -o json | jq -r '.members[] | select(.state != \"LIVE\")'"
      })
  static final class Status extends AdminCommand {
    @Override
    int run(RootCommand root, AdminApi api) {
      FederationStatus status = api.federation();
      root.print(status, () -> text(status));
      boolean live = status.members().stream().allMatch(m -> m.state() == PeerState.LIVE);
      return live ? ExitCode.OK : ExitCode.NOT_HEALTHY;
    }
  }

  static String text(FederationStatus status) {
    StringBuilder out =
        new StringBuilder()
            .append("cluster ")
            .append(Table.printable(status.cluster() + "." + status.meshDomain()))
            .append(", root held by ")
            .append(Table.printable(status.rootHolder()))
            .append("\n");
    if (status.members().isEmpty()) {
      return out.append(
              "No other member. To add one: hawser invite here, hawser join TOKEN there.\n")
          .toString();
    }
    Table members =
        new Table("MEMBER", "STATE", "HEARD", "GATEWAYS", "IMPORTS", "EXPORTS", "DETAIL");
    for (FederationStatus.Member member : status.members()) {
      long answering = member.probes().stream().filter(p -> p.answered()).count();
      members.row(
          member.cluster(),
          member.state(),
          Ages.text(Duration.ofSeconds(member.controlAgeSeconds())) + " ago",
          answering + "/" + member.probes().size() + " answer",
          member.imports().size(),
          member.exports().size(),
          member.detail());
    }
    out.append('\n').append(members.render());
    if (!status.conflicts().isEmpty()) {
      Table conflicts = new Table("CONFLICT", "KIND", "DECISION");
      status.conflicts().forEach(c -> conflicts.row(c.service(), c.kind(), c.decision()));
      out.append('\n').append(conflicts.render());
    }
    return out.toString();
  }
}
