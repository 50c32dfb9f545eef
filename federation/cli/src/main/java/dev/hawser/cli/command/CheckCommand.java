package dev.hawser.cli.command;

import dev.hawser.api.admin.CheckReport;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.output.Table;
import dev.hawser.cli.shell.ExitCode;
import java.util.Locale;
import picocli.CommandLine.Command;

@Command(
    name = "check",
    description = {
      "Checks everything that is worth knowing and says what to do about it.",
      "Exit code 3 if something fails."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hawser check",
      "  hawser check -o json | jq -r '.items[] | select(.verdict==\"fail\").remedy'"
    })
final class CheckCommand extends AdminCommand {
  @Override
  int run(RootCommand root, AdminApi api) {
    CheckReport report = api.check();
    root.print(report, () -> text(report));
    return report.healthy() ? ExitCode.OK : ExitCode.NOT_HEALTHY;
  }

  static String text(CheckReport report) {
    StringBuilder out = new StringBuilder();
    for (CheckReport.Item item : report.items()) {
      out.append(item.verdict().toUpperCase(Locale.ROOT))
          .append("  ")
          .append(Table.printable(item.check()))
          .append(item.detail().isEmpty() ? "" : ": " + Table.printable(item.detail()))
          .append('\n');
      if (!item.remedy().isEmpty()) {
        out.append("      next: ").append(Table.printable(item.remedy())).append('\n');
      }
    }
    return out.append(report.healthy() ? "\nHealthy.\n" : "\nNot healthy.\n").toString();
  }
}
