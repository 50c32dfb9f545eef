package dev.hawser.cli.command;

import dev.hawser.api.admin.IssuedToken;
import dev.hawser.api.admin.TokenRequest;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.output.Ages;
import dev.hawser.cli.shell.ExitCode;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Option;

/** A command that makes a join token. */
abstract class IssuingCommand extends AdminCommand {
  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "15m",
      description = "How long it can be used, up to 24h (default: ${DEFAULT-VALUE}).")
  private String ttl = "";

  /** Returns how long the token can be used. */
  final long seconds() {
    return length(ttl).toSeconds();
  }

  /**
   * Issues a token and shows it: the token alone to the output, what to do with it to the side.
   *
   * @param next what to do with it
   */
  static int issue(RootCommand root, AdminApi api, TokenRequest request, String next) {
    IssuedToken token = api.issueToken(request);
    root.print(token, () -> token.token() + "\n");
    if (root.forPeople()) {
      PrintWriter err = root.terminal().err();
      Duration left = Duration.between(root.terminal().clock().instant(), token.expires());
      err.println();
      err.println(
          "Token "
              + token.id()
              + " can be used once, within "
              + Ages.text(left)
              + ". Who has it can join: send it over a private channel.");
      err.println(next);
      err.println("To withdraw it: hawser token revoke " + token.id());
      err.flush();
    }
    return ExitCode.OK;
  }
}
