package dev.hawser.cli.command;

import dev.hawser.api.admin.ApplyReport;
import dev.hawser.cli.client.AdminApi;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "delete",
    description = "Removes the policies that files describe.",
    footerHeading = "%nExamples:%n",
    footer = {"  hawser delete -f reviews-split.yaml", "  hawser delete --dry-run -f policies/"})
final class DeleteCommand extends AdminCommand {
  @Option(
      names = {"-f", "--filename"},
      required = true,
      paramLabel = "FILE|-",
      description = "YAML file, directory of them, or - for the input; repeatable.")
  private List<String> files = new ArrayList<>();

  @Option(names = "--dry-run", description = "Says what would go; changes nothing.")
  private boolean dryRun;

  @Override
  int run(RootCommand root, AdminApi api) {
    ApplyReport report = api.apply(ManifestReader.read(root.terminal(), files), true, dryRun);
    return ApplyCommand.report(root, report, dryRun ? " (dry run)" : "");
  }
}
