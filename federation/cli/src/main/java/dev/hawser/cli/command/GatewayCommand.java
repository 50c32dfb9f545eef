package dev.hawser.cli.command;

import dev.hawser.api.admin.TokenRequest;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.process.GatewayPlan;
import dev.hawser.cli.process.GatewayRunner;
import dev.hawser.cli.process.Installation;
import dev.hawser.cli.process.Place;
import dev.hawser.cli.shell.CliException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "gateway",
    description = "East-west gateways: the one open port of a cluster.",
    subcommands = {GatewayCommand.Invite.class, GatewayCommand.Start.class})
final class GatewayCommand {

  @Command(
      name = "invite",
      description = "Makes a token by which one more gateway of this cluster joins.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  hawser gateway invite gateway-2",
        "  hawser gateway invite gateway-2 | ssh edge hawser gateway start \\",
        "      --name gateway-2 --listen 192.0.2.7:15443 --join -"
      })
  static final class Invite extends IssuingCommand {
    @Parameters(
        arity = "0..1",
        paramLabel = "NAME",
        defaultValue = "gateway",
        description = "Of the gateway (default: ${DEFAULT-VALUE}).")
    private String name = "";

    @Override
    int run(RootCommand root, AdminApi api) {
      return issue(
          root,
          api,
          new TokenRequest("GATEWAY", name, "", "", List.of(), seconds()),
          "On its machine: hawser gateway start --name "
              + name
              + " --listen ADDRESS:15443 --join TOKEN");
    }
  }

  @Command(
      name = "start",
      description = {
        "Runs a gateway until it is stopped.",
        "On the control plane's machine it gets its token by itself; elsewhere give --join."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  hawser gateway start --name gateway-2 --listen 127.1.0.3:15443",
        "  hawser gateway start --name gateway-2 --listen 0.0.0.0:15443 \\",
        "      --advertise 192.0.2.7:15443 --join - < token.txt"
      })
  static final class Start extends AdminCommand {
    @Option(names = "--name", required = true, description = "Of the gateway, unique.")
    private String name = "";

    @Option(
        names = "--listen",
        required = true,
        paramLabel = "HOST:PORT",
        description = "Where other clusters connect; the port is usually 15443.")
    private String listen = "";

    @Option(
        names = "--advertise",
        paramLabel = "HOST:PORT",
        description = "What other clusters are told, if it differs.")
    private String advertise = "";

    @Option(
        names = "--admin",
        paramLabel = "HOST:PORT",
        description =
            "Where it shows itself, on loopback; port 15000 by default. A second gateway on the same"
                + " host needs another one.")
    private String admin = "";

    @Option(
        names = "--join",
        paramLabel = "TOKEN|-",
        description = "From 'hawser gateway invite'; - reads it from the input.")
    private String join = "";

    @Override
    int run(RootCommand root, AdminApi api) throws IOException, InterruptedException {
      String dataDir = root.dataDir().isEmpty() ? "/var/lib/hawser" : root.dataDir();
      GatewayPlan usual =
          GatewayPlan.usual(
              name,
              Place.parse("--listen", listen),
              advertise,
              Path.of(dataDir).toAbsolutePath().normalize(),
              0);
      GatewayPlan plan = admin.isEmpty() ? usual : usual.withAdmin(Place.parse("--admin", admin));
      String token =
          join.isEmpty() ? ownToken(root, api, plan) : argumentOrInput(root.terminal(), join);
      Installation installation = Installation.locate(root.terminal().environment());
      return new GatewayRunner(installation, root.terminal().out()).run(plan, token);
    }

    /** A gateway that joined before starts again while the control plane is away. */
    private String ownToken(RootCommand root, AdminApi api, GatewayPlan plan) {
      try {
        return api.issueToken(new TokenRequest("GATEWAY", name, "", "", List.of(), 0)).token();
      } catch (CliException e) {
        if (!plan.isEnrolled()) {
          throw e;
        }
        root.terminal()
            .err()
            .println("no new token (" + e.getMessage() + "); starting with the stored identity");
        return "";
      }
    }
  }
}
