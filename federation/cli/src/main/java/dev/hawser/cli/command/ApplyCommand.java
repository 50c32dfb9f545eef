package dev.hawser.cli.command;

import dev.hawser.api.admin.ApplyReport;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.output.Table;
import dev.hawser.cli.shell.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "apply",
    description = {
      "Creates or changes policies: Istio's DestinationRule and VirtualService.",
      "A document with a field that is not implemented is refused with the field's path; the others"
          + " are applied."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hawser apply -f reviews-split.yaml",
      "  hawser apply --dry-run -f policies/",
      "  helm template mesh-policies | hawser apply -f -"
    })
final class ApplyCommand extends AdminCommand {
  @Option(
      names = {"-f", "--filename"},
      required = true,
      paramLabel = "FILE|-",
      description = "YAML file, directory of them, or - for the input; repeatable.")
  private List<String> files = new ArrayList<>();

  @Option(names = "--dry-run", description = "Checks and says what would change; changes nothing.")
  private boolean dryRun;

  @Override
  int run(RootCommand root, AdminApi api) {
    ApplyReport report = api.apply(ManifestReader.read(root.terminal(), files), false, dryRun);
    return report(root, report, dryRun ? " (dry run)" : "");
  }

  static int report(RootCommand root, ApplyReport report, String suffix) {
    root.print(report, () -> text(report, suffix));
    return report.items().stream().anyMatch(i -> i.outcome().equals("refused"))
        ? ExitCode.FAILED
        : ExitCode.OK;
  }

  static String text(ApplyReport report, String suffix) {
    if (report.items().isEmpty()) {
      return "Nothing in it.\n";
    }
    StringBuilder out = new StringBuilder();
    for (ApplyReport.Item item : report.items()) {
      String where = item.namespace().isEmpty() ? "" : item.namespace() + "/";
      out.append(Table.printable(item.kind().toLowerCase(Locale.ROOT) + " " + where + item.name()))
          .append(' ')
          .append(Table.printable(item.outcome()))
          .append(suffix)
          .append('\n');
      for (String message : item.messages()) {
        out.append("  ").append(Table.printable(message)).append('\n');
      }
    }
    return out.toString();
  }
}
