package dev.hawser.cli.command;

import dev.hawser.api.admin.ServiceView;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.output.Table;
import dev.hawser.cli.shell.ExitCode;
import java.util.List;
import picocli.CommandLine.Command;

@Command(
    name = "services",
    description = "Lists the services of the mesh as this cluster sees them.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  hawser services",
      "  hawser services -o json | jq -r '.[] | select(.conditions != [])'"
    })
final class ServicesCommand extends AdminCommand {
  @Override
  int run(RootCommand root, AdminApi api) {
    List<ServiceView> services = api.services();
    root.print(services, () -> text(services));
    return ExitCode.OK;
  }

  static String text(List<ServiceView> services) {
    Table table = new Table("SERVICE", "PORTS", "EXPORTED TO", "LOCAL", "REMOTE", "SOURCES");
    StringBuilder conditions = new StringBuilder();
    for (ServiceView service : services) {
      table.row(
          service.service(),
          String.join(",", service.ports()),
          service.exposure().equals("private") ? "" : service.exposure(),
          service.localEndpoints(),
          service.remoteEndpoints(),
          String.join(",", service.sources()));
      for (String condition : service.conditions()) {
        conditions.append(Table.printable(service.service() + ": " + condition)).append('\n');
      }
    }
    if (table.isEmpty()) {
      return "No service. Is a registry connected? See: hawser cluster status\n";
    }
    return conditions.isEmpty() ? table.render() : table.render() + "\n" + conditions;
  }
}
