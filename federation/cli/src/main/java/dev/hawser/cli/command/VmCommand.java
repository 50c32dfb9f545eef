package dev.hawser.cli.command;

import dev.hawser.api.admin.TokenRequest;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "vm",
    description = "Virtual machines and other hosts outside of the registries.",
    subcommands = VmCommand.Invite.class)
final class VmCommand {

  @Command(
      name = "invite",
      description = "Makes a token by which one VM joins with the services that it brings.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  hawser vm invite vm-1 --service billing.shop --port http:8080/http",
        "  hawser vm invite vm-1 --service billing.shop --port 8080/http=9000 --export",
        "  hawser vm invite db-1 --service db.shop --port 5432/tcp --service-account db",
        "",
        "Then on the VM: hawser-agent join TOKEN && hawser-agent run"
      })
  static final class Invite extends IssuingCommand {
    @Parameters(
        paramLabel = "NAME",
        description = "Of the VM, shown as the owner of its endpoints.")
    private String name = "";

    @ArgGroup(exclusive = false, multiplicity = "0..*", heading = "%nServices of the VM:%n")
    private List<Brought> services = new ArrayList<>();

    @Option(
        names = "--export",
        arity = "0..1",
        fallbackValue = "true",
        paramLabel = "CLUSTERS",
        description = "Other clusters may use the services: all, or the named ones (with commas).")
    private String export = "false";

    @Option(
        names = "--service-account",
        paramLabel = "NAME",
        description = "Of the VM's identity (default: the first service's name, else the VM's).")
    private String serviceAccount = "";

    @Option(
        names = "--namespace",
        paramLabel = "NAME",
        description = "Of the VM's identity (default: the first service's namespace).")
    private String namespace = "";

    @Override
    int run(RootCommand root, AdminApi api) {
      return issue(
          root,
          api,
          request(),
          "On the VM: hawser-agent join TOKEN, then hawser-agent run (or start its service)");
    }

    private TokenRequest request() {
      List<TokenRequest.LeasedService> leased =
          services.stream().map(b -> b.leased(export)).toList();
      @Nullable ServiceName first =
          services.isEmpty() ? null : serviceName(services.getFirst().service);
      String account = serviceAccount;
      if (account.isEmpty()) {
        account = first == null ? name : first.name();
      }
      String space = namespace;
      if (space.isEmpty()) {
        if (first == null) {
          throw new CliException(
              ExitCode.USAGE,
              "a VM without a service needs --namespace for its identity",
              "add --namespace, or the services that it brings with --service and --port");
        }
        space = first.namespace();
      }
      return new TokenRequest("VM", name, space, account, leased, seconds());
    }
  }

  /** One {@code --service} and the ports that follow it. */
  static final class Brought {
    @Option(
        names = "--service",
        required = true,
        paramLabel = "SERVICE",
        description = "name.namespace, e.g. billing.shop; repeatable, each with its ports.")
    private String service = "";

    @Option(
        names = "--port",
        required = true,
        paramLabel = "PORT",
        description = "[name:]port[/protocol][=port of the application], e.g. http:8080/http=9000.")
    private List<String> ports = new ArrayList<>();

    TokenRequest.LeasedService leased(String export) {
      return new TokenRequest.LeasedService(
          serviceName(service).toString(), List.copyOf(ports), export);
    }
  }

  private static ServiceName serviceName(String text) {
    try {
      return ServiceName.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()), "", e);
    }
  }
}
