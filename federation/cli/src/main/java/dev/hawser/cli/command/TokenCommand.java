package dev.hawser.cli.command;

import dev.hawser.api.admin.TokenRequest;
import dev.hawser.api.admin.TokenView;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.output.Ages;
import dev.hawser.cli.output.Table;
import dev.hawser.cli.shell.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "token",
    description = "Join tokens: makes them for plain workloads, lists and revokes them.",
    subcommands = {TokenCommand.Issue.class, TokenCommand.ListAll.class, TokenCommand.Revoke.class})
final class TokenCommand {

  @Command(
      name = "issue",
      description = "Makes a token by which one workload gets its identity.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  hawser token issue --namespace shop --service-account web",
        "  hawser token issue --namespace shop --service-account web > token && chmod 600 token"
      })
  static final class Issue extends IssuingCommand {
    @Option(names = "--namespace", required = true, description = "Of the workload.")
    private String namespace = "";

    @Option(names = "--service-account", required = true, description = "Of the workload.")
    private String serviceAccount = "";

    @Override
    int run(RootCommand root, AdminApi api) {
      return issue(
          root,
          api,
          new TokenRequest(
              "WORKLOAD", serviceAccount, namespace, serviceAccount, List.of(), seconds()),
          "Put it into a file that the proxy's start file names as join.tokenFile.");
    }
  }

  @Command(
      name = "list",
      description = "Lists tokens without their secrets.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  hawser token list",
        "  hawser token list -o json | jq -r '.[] | select(.state==\"OPEN\").id'"
      })
  static final class ListAll extends AdminCommand {
    @Override
    int run(RootCommand root, AdminApi api) {
      List<TokenView> tokens = api.tokens();
      root.print(tokens, () -> text(tokens, root.terminal().clock().instant()));
      return ExitCode.OK;
    }
  }

  @Command(
      name = "revoke",
      description = "Makes a token useless at once.",
      footerHeading = "%nExamples:%n",
      footer = "  hawser token revoke 7f3a9c")
  static final class Revoke extends AdminCommand {
    @Parameters(paramLabel = "ID", description = "As 'hawser token list' shows it.")
    private String id = "";

    @Override
    int run(RootCommand root, AdminApi api) {
      api.revokeToken(id);
      root.print(Map.of("revoked", id), () -> "Token " + id + " is revoked.\n");
      return ExitCode.OK;
    }
  }

  static String text(List<TokenView> tokens, Instant now) {
    Table table = new Table("ID", "KIND", "FOR", "STATE", "AGE", "EXPIRES", "REFUSED");
    for (TokenView token : tokens) {
      Duration left = Duration.between(now, token.expires());
      table.row(
          token.id(),
          token.kind(),
          token.subject(),
          token.state(),
          Ages.between(token.created(), now),
          left.isNegative() ? Ages.text(left.negated()) + " ago" : "in " + Ages.text(left),
          token.attempts());
    }
    return table.isEmpty()
        ? "No token. To make one: hawser invite, hawser vm invite\n"
        : table.render();
  }
}
