package dev.hawser.cli;

import dev.hawser.cli.command.RootCommand;
import dev.hawser.cli.output.OutputFormat;
import dev.hawser.cli.output.Table;
import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import dev.hawser.cli.shell.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs {@code hawser}. */
public final class HawserCli {
  private HawserCli() {}

  public static void main(String[] args) {
    System.exit(run(Terminal.system(), args));
  }

  /** Runs one command line and returns its exit code. */
  public static int run(Terminal terminal, String... args) {
    CommandLine commandLine = new CommandLine(new RootCommand(terminal));
    commandLine
        .setOut(terminal.out())
        .setErr(terminal.err())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(OutputFormat.class, HawserCli::format)
        .setParameterExceptionHandler((e, _) -> usage(terminal, e))
        .setExecutionExceptionHandler((e, _, _) -> failed(terminal, e));
    try {
      return commandLine.execute(args);
    } finally {
      terminal.out().flush();
      terminal.err().flush();
    }
  }

  private static OutputFormat format(String text) {
    for (OutputFormat format : OutputFormat.values()) {
      if (format.toString().equalsIgnoreCase(text)) {
        return format;
      }
    }
    throw new CommandLine.TypeConversionException(
        "'" + text + "' is not a format (expected: table, json or yaml)");
  }

  private static int usage(Terminal terminal, ParameterException e) {
    terminal.err().println("error: " + e.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(e, terminal.err())) {
      terminal
          .err()
          .println("  see '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'");
    }
    return ExitCode.USAGE;
  }

  private static int failed(Terminal terminal, Exception e) {
    if (e instanceof CliException failure) {
      terminal
          .err()
          .println("error: " + Table.printableLines(String.valueOf(failure.getMessage())));
      if (!failure.hint().isEmpty()) {
        terminal.err().println("  next: " + Table.printableLines(failure.hint()));
      }
      return failure.exitCode();
    }
    terminal.err().println("error: " + e);
    terminal
        .err()
        .println("  this is a defect of hawser; run again with HAWSER_DEBUG=1 and report it");
    if (!terminal.environment().getOrDefault("HAWSER_DEBUG", "").isEmpty()) {
      e.printStackTrace(terminal.err());
    }
    return ExitCode.FAILED;
  }
}
