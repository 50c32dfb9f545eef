package dev.hawser.agent.command;

import dev.hawser.agent.capture.Captures;
import dev.hawser.agent.config.AgentFiles;
import dev.hawser.host.capture.Capture;
import dev.hawser.host.capture.CaptureException;
import dev.hawser.host.identity.IdentityException;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/** The command itself: what all subcommands share. */
@Command(
    name = "hawser-agent",
    description = "Brings this machine into the mesh and keeps it there.",
    versionProvider = AgentVersion.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or healthy",
      "1:it could not be done",
      "2:the command line is wrong",
      "3:the agent does not run, or something is not well",
      "4:no control plane answers",
      "5:the token or the server was refused"
    },
    subcommands = {
      JoinCommand.class,
      RunCommand.class,
      StatusCommand.class,
      DoctorCommand.class,
      BootstrapCommand.class,
      RenewCommand.class,
      CaptureCommand.class,
      LeaveCommand.class,
      DialCommand.class
    })
public final class AgentCommand {
  private static final String DEFAULT_DATA_DIR = "/var/lib/hawser-agent";

  private final AgentTerminal terminal;

  @Option(
      names = "--data-dir",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description =
          "Where key, certificate and configuration are kept; else HAWSER_AGENT_DATA_DIR, else "
              + DEFAULT_DATA_DIR
              + ".")
  private String dataDir = "";

  private AgentCommand(AgentTerminal terminal) {
    this.terminal = terminal;
  }

  /** Runs one command line and returns its exit code. */
  public static int run(AgentTerminal terminal, String... args) {
    CommandLine commandLine = new CommandLine(new AgentCommand(terminal));
    commandLine
        .setOut(terminal.out())
        .setErr(terminal.err())
        .setParameterExceptionHandler((e, _) -> usage(terminal, e))
        .setExecutionExceptionHandler((e, _, _) -> failed(terminal, e));
    try {
      return commandLine.execute(args);
    } finally {
      terminal.out().flush();
      terminal.err().flush();
    }
  }

  AgentTerminal terminal() {
    return terminal;
  }

  AgentFiles files() {
    String directory = dataDir;
    if (directory.isEmpty()) {
      directory = terminal.environment().getOrDefault("HAWSER_AGENT_DATA_DIR", DEFAULT_DATA_DIR);
    }
    return new AgentFiles(Path.of(directory));
  }

  /** Returns what another command needs to find the same data directory, with a space before. */
  String dataDirOption() {
    Path directory = files().directory();
    return directory.equals(Path.of(DEFAULT_DATA_DIR)) ? "" : " --data-dir " + directory;
  }

  Captures captures(Capture.Choice choice) {
    return new Captures(
        files().directory(),
        choice,
        terminal.environment().getOrDefault("PATH", ""),
        terminal.clock());
  }

  private static int usage(AgentTerminal terminal, ParameterException e) {
    terminal.err().println("error: " + e.getMessage());
    terminal
        .err()
        .println("  see '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'");
    return AgentExit.USAGE;
  }

  private static int failed(AgentTerminal terminal, Exception e) {
    return switch (e) {
      case AgentException failure ->
          say(terminal, failure.exitCode(), String.valueOf(failure.getMessage()), failure.hint());
      case IdentityException refused ->
          say(terminal, exitCode(refused), String.valueOf(refused.getMessage()), refused.hint());
      case CaptureException refused ->
          say(terminal, AgentExit.FAILED, String.valueOf(refused.getMessage()), refused.hint());
      case IOException trouble ->
          say(terminal, AgentExit.FAILED, String.valueOf(trouble.getMessage()), "");
      case IllegalArgumentException bad ->
          say(
              terminal,
              AgentExit.USAGE,
              String.valueOf(bad.getMessage()),
              "correct it on the command line, or in agent.yaml of the data directory; see"
                  + " 'hawser-agent --help'");
      default -> {
        if (!terminal.environment().getOrDefault("HAWSER_DEBUG", "").isEmpty()) {
          e.printStackTrace(terminal.err());
        }
        yield say(
            terminal,
            AgentExit.FAILED,
            e.toString(),
            "this is a defect of hawser-agent; run again with HAWSER_DEBUG=1 and report it");
      }
    };
  }

  private static int exitCode(IdentityException e) {
    return switch (e.code()) {
      case IdentityException.UNREACHABLE, IdentityException.RATE_LIMITED -> AgentExit.UNREACHABLE;
      case IdentityException.LOCAL, IdentityException.ABSENT, IdentityException.EXPIRED ->
          AgentExit.FAILED;
      default -> AgentExit.REFUSED;
    };
  }

  private static int say(AgentTerminal terminal, int code, String message, String hint) {
    terminal.err().println("error: " + message);
    if (!hint.isEmpty()) {
      terminal.err().println("  next: " + hint);
    }
    return code;
  }
}
