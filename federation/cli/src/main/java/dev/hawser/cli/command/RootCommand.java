package dev.hawser.cli.command;

import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.client.AdminClient;
import dev.hawser.cli.client.AdminTarget;
import dev.hawser.cli.output.OutputFormat;
import dev.hawser.cli.output.StructuredOutput;
import dev.hawser.cli.shell.Terminal;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command itself: what all subcommands share. */
@Command(
    name = "hawser",
    description = "Ties Kubernetes clusters, Consul datacenters and VMs into one service mesh.",
    versionProvider = VersionText.class,
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
      "3:the answer is that something is not healthy",
      "4:no control plane answers",
      "5:the credential is absent or refused"
    },
    subcommands = {
      ClusterCommand.class,
      InviteCommand.class,
      JoinCommand.class,
      LeaveCommand.class,
      FederationCommand.class,
      AuthorityCommand.class,
      VmCommand.class,
      GatewayCommand.class,
      TokenCommand.class,
      ServicesCommand.class,
      EndpointsCommand.class,
      ApplyCommand.class,
      DeleteCommand.class,
      CheckCommand.class,
      RegistryCommand.class
    })
public final class RootCommand {
  private final Terminal terminal;

  @Option(
      names = "--address",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      description =
          "Administration address of the control plane; else HAWSER_ADDRESS, else what the data"
              + " directory says, else "
              + AdminTarget.DEFAULT_ADDRESS
              + ". For 'cluster start': the host to listen at.")
  private String address = "";

  @Option(
      names = "--token-file",
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "The control plane's admin-token; else HAWSER_TOKEN_FILE.")
  private String tokenFile = "";

  @Option(
      names = "--data-dir",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description =
          "Data directory of the cluster, which says both of the above by itself; else"
              + " HAWSER_DATA_DIR.")
  private String dataDir = "";

  @Option(
      names = {"-o", "--output"},
      scope = ScopeType.INHERIT,
      paramLabel = "FORMAT",
      description = "table (for people), json or yaml.")
  private OutputFormat format = OutputFormat.TABLE;

  public RootCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  Terminal terminal() {
    return terminal;
  }

  /** Connects to the control plane; the credential is read when the first request is made. */
  AdminApi api() {
    AdminTarget target = AdminTarget.locate(address, tokenFile, dataDir(), terminal.environment());
    return new AdminApi(new AdminClient(target.address(), target::credential));
  }

  /** Returns the data directory that was named, or an empty text. */
  String dataDir() {
    return dataDir.isEmpty() ? terminal.environment().getOrDefault("HAWSER_DATA_DIR", "") : dataDir;
  }

  /** Returns what {@code --address} says, or an empty text. */
  String address() {
    return address;
  }

  /** Prints an answer in the chosen format, with the text that people get as the last choice. */
  void print(Object answer, Supplier<String> forPeople) {
    switch (format) {
      case JSON -> terminal.out().println(StructuredOutput.json(answer));
      case YAML -> terminal.out().println(StructuredOutput.yaml(answer));
      case TABLE -> terminal.out().print(forPeople.get());
    }
    terminal.out().flush();
  }

  /** Whether a person reads the answer. */
  boolean forPeople() {
    return format == OutputFormat.TABLE;
  }
}
