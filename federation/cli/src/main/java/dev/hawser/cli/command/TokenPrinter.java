package dev.hawser.cli.command;

import dev.hawser.api.admin.IssuedToken;
import dev.hawser.cli.output.Ages;
import java.time.Duration;
import java.util.List;

/** Shows a new token: the token alone to the output, what to do with it to the side. */
final class TokenPrinter {
  private TokenPrinter() {}

  static void print(RootCommand root, IssuedToken token, List<String> nextSteps) {
    root.print(token, () -> token.token() + "\n");
    if (!root.forPeople()) {
      return;
    }
    var err = root.terminal().err();
    Duration left = Duration.between(root.terminal().clock().instant(), token.expires());
    err.println();
    err.println(
        "Token "
            + token.id()
            + " can be used once, within "
            + Ages.text(left)
            + ". Who has it can join: send it over a private channel.");
    nextSteps.forEach(err::println);
    err.println("To withdraw it: hawser token revoke " + token.id());
    err.flush();
  }
}
