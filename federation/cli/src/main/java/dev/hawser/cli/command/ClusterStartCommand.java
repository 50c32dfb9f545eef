package dev.hawser.cli.command;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.cli.process.BackgroundCluster;
import dev.hawser.cli.process.ClusterPlan;
import dev.hawser.cli.process.ClusterRunner;
import dev.hawser.cli.process.GatewayPlan;
import dev.hawser.cli.process.Installation;
import dev.hawser.cli.process.Place;
import dev.hawser.cli.process.RegistryChoice;
import dev.hawser.cli.shell.CliException;
import dev.hawser.cli.shell.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "start",
    description = {
      "Starts a control plane and a gateway on this machine and runs them until it is stopped.",
      "Everything is kept in the data directory (--data-dir, HAWSER_DATA_DIR, or /var/lib/hawser)."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hawser cluster start --name east --data-dir ~/hawser/east",
      "  hawser cluster start --name east --data-dir ~/hawser/east --detach \\",
      "      --address 127.1.0.1 --gateway 127.1.0.2:15443 \\",
      "      --registry file:$HOME/services",
      "  hawser cluster start --name west --advertise 192.0.2.7 \\",
      "      --registry consul:http://127.0.0.1:8500"
    })
final class ClusterStartCommand extends LocalCommand {
  private static final int PROXY_PORT = 15_012;
  private static final int ADMIN_PORT = 15_080;
  private static final int GATEWAY_PORT = 15_443;

  @Option(names = "--name", required = true, description = "Of the cluster, e.g. east.")
  private String name = "";

  @Option(
      names = "--mesh-domain",
      paramLabel = "DOMAIN",
      defaultValue = "mesh.internal",
      description = "The same for all clusters of a federation (default: ${DEFAULT-VALUE}).")
  private String meshDomain = "";

  @Option(
      names = "--advertise",
      paramLabel = "HOST",
      description = "Where proxies and VMs reach this machine, if it is not the address itself.")
  private String advertise = "";

  @Option(
      names = "--gateway",
      paramLabel = "HOST:PORT",
      description = "Where a gateway listens; repeatable (default: port 15443 of the address).")
  private List<String> gateways = new ArrayList<>();

  @Option(names = "--no-gateway", description = "Starts the control plane alone.")
  private boolean noGateway;

  @Option(
      names = "--registry",
      paramLabel = "WHAT",
      description =
          "file:DIR, consul:URL or kubernetes[:KUBECONFIG]; repeatable (default: files in services/"
              + " of the data directory).")
  private List<String> registries = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A further setting of the control plane, e.g. hawser.cluster.locality=eu/a.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--detach",
      description = "Returns once the cluster is up, and leaves it running.")
  private boolean detach;

  @Override
  int run(RootCommand root) throws IOException, InterruptedException {
    Path dataDir = ClusterCommand.dataDir(root);
    Installation installation = Installation.locate(root.terminal().environment());
    ClusterPlan plan = plan(root, dataDir);
    if (!detach) {
      return new ClusterRunner(plan, installation, root.terminal().out()).run();
    }
    List<String> arguments =
        new ArrayList<>(spec().root().commandLine().getParseResult().originalArgs());
    arguments.removeIf("--detach"::equals);
    if (root.dataDir().isEmpty() || !arguments.contains("--data-dir")) {
      arguments.addAll(List.of("--data-dir", dataDir.toString()));
    }
    return new BackgroundCluster(dataDir, root.terminal().out()).start(installation, arguments);
  }

  private ClusterPlan plan(RootCommand root, Path dataDir) throws IOException {
    ClusterName cluster;
    try {
      cluster = new ClusterName(name, meshDomain);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()), "", e);
    }
    String host = root.address().isEmpty() ? "127.0.0.1" : root.address();
    Place proxies = Place.parse("--address", host + ":" + PROXY_PORT);
    // The administration port never leaves the machine, wherever the other one listens.
    String adminHost = proxies.isLoopback() ? host : "127.0.0.1";
    return new ClusterPlan(
        cluster.name(),
        cluster.meshDomain(),
        dataDir,
        proxies,
        new Place(adminHost, ADMIN_PORT),
        (advertise.isEmpty() ? host : advertise) + ":" + PROXY_PORT,
        gatewayPlans(dataDir, host),
        RegistryChoice.configuration(registries, dataDir),
        settings);
  }

  private List<GatewayPlan> gatewayPlans(Path dataDir, String host) {
    List<GatewayPlan> plans = new ArrayList<>();
    if (noGateway) {
      return plans;
    }
    List<String> places = gateways.isEmpty() ? List.of(host + ":" + GATEWAY_PORT) : gateways;
    Map<String, Integer> perHost = new HashMap<>();
    for (String text : places) {
      Place listen = Place.parse("--gateway", text);
      int index = perHost.merge(listen.isLoopback() ? listen.host() : "", 1, Integer::sum) - 1;
      String advertised =
          advertise.isEmpty() || listen.isLoopback() ? "" : advertise + ":" + listen.port();
      plans.add(
          GatewayPlan.usual(
              name + "-gateway-" + (plans.size() + 1), listen, advertised, dataDir, index));
    }
    return plans;
  }
}
