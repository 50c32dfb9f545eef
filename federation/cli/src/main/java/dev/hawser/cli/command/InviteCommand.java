package dev.hawser.cli.command;

import dev.hawser.api.admin.IssuedToken;
import dev.hawser.api.admin.TokenRequest;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.shell.ExitCode;
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
final class InviteCommand extends AdminCommand {
  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "The one cluster that may use it; any, if not given.")
  private String cluster = "";

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "15m",
      description = "How long it can be used, up to 24h (default: ${DEFAULT-VALUE}).")
  private String ttl = "";

  @Override
  int run(RootCommand root, AdminApi api) {
    IssuedToken token =
        api.issueToken(
            new TokenRequest("CLUSTER", cluster, "", "", List.of(), length(ttl).toSeconds()));
    TokenPrinter.print(
        root,
        token,
        List.of("On the new cluster: hawser join TOKEN   (first with --plan, if you like)"));
    return ExitCode.OK;
  }
}
