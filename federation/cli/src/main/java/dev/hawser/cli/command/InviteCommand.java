package dev.hawser.cli.command;

import dev.hawser.api.admin.TokenRequest;
import dev.hawser.cli.client.AdminApi;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "invite",
    description = "Makes a token by which one more cluster can join the federation.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  hawser invite",
      "  hawser invite --cluster west --ttl 1h",
      "  TOKEN=$(hawser invite)          # the token alone goes to the output"
    })
final class InviteCommand extends IssuingCommand {
  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "The one cluster that may use it; any, if not given.")
  private String cluster = "";

  @Override
  int run(RootCommand root, AdminApi api) {
    return issue(
        root,
        api,
        new TokenRequest("CLUSTER", cluster, "", "", List.of(), seconds()),
        "On the new cluster: hawser join TOKEN   (first with --plan, if you like)");
  }
}
