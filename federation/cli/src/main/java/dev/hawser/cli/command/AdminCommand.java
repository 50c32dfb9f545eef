package dev.hawser.cli.command;

import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import dev.hawser.cli.shell.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks the control plane something. */
abstract class AdminCommand implements Callable<Integer> {
  private static final Pattern LENGTH = Pattern.compile("([1-9][0-9]{0,6})([smhd])");

  @Spec private @Nullable CommandSpec spec;

  @Override
  public final Integer call() throws Exception {
    RootCommand root = root();
    try (AdminApi api = root.api()) {
      return run(root, api);
    }
  }

  abstract int run(RootCommand root, AdminApi api) throws Exception;

  private RootCommand root() {
    if (spec == null) {
      throw new IllegalStateException("command without its place in the command line");
    }
    return (RootCommand) spec.root().userObject();
  }

  /** Reads a length of time such as {@code 15m}. */
  static Duration length(String text) {
    Matcher matcher = LENGTH.matcher(text);
    if (!matcher.matches()) {
      throw new CliException(
          ExitCode.USAGE, "length of time: '" + text + "' (expected: e.g. 90s, 15m, 2h)", "");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  /** Returns the value, or the first line of the input if the value is a dash. */
  static String argumentOrInput(Terminal terminal, String value) throws IOException {
    if (!value.equals("-")) {
      return value;
    }
    String line = terminal.in().readLine();
    if (line == null || line.isBlank()) {
      throw new CliException(ExitCode.USAGE, "nothing came from the input (expected: a token)", "");
    }
    return line.strip();
  }
}
