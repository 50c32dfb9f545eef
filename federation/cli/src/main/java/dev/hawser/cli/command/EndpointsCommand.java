package dev.hawser.cli.command;

import dev.hawser.api.admin.EndpointView;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.output.Ages;
import dev.hawser.cli.output.Table;
import dev.hawser.cli.shell.ExitCode;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "endpoints",
    description = "Lists the instances behind a service, or all, and where each was learned.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  hawser endpoints orders.shop",
      "  hawser endpoints -o json | jq -r '.[] | select(.health != \"healthy\")'"
    })
final class EndpointsCommand extends AdminCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "SERVICE",
      description = "name.namespace, e.g. orders.shop; all services, if not given.")
  private String service = "";

  @Override
  int run(RootCommand root, AdminApi api) {
    List<EndpointView> endpoints = api.endpoints(service);
    root.print(endpoints, () -> text(endpoints, service));
    return ExitCode.OK;
  }

  static String text(List<EndpointView> endpoints, String service) {
    Table table =
        new Table(
            "SERVICE",
            "ADDRESS",
            "SLOT",
            "HEALTH",
            "CLUSTER",
            "REGISTRY",
            "OWNER",
            "LOCALITY",
            "AGE");
    for (EndpointView endpoint : endpoints) {
      table.row(
          endpoint.service(),
          endpoint.address(),
          endpoint.slot() < 0 ? "" : endpoint.slot(),
          endpoint.health(),
          endpoint.cluster(),
          endpoint.source().isEmpty() ? endpoint.registry() : endpoint.source(),
          endpoint.owner(),
          endpoint.locality(),
          Ages.text(Duration.ofSeconds(endpoint.ageSeconds())));
    }
    if (!table.isEmpty()) {
      return table.render();
    }
    return service.isEmpty()
        ? "No endpoint. See: hawser services\n"
        : "No endpoint of "
            + Table.printable(service)
            + " is known here. See 'hawser services' for the names, and 'hawser federation status'"
            + " for members that are away.\n";
  }
}
