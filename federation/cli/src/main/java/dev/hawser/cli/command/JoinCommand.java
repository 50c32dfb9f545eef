package dev.hawser.cli.command;

import dev.hawser.api.admin.JoinReport;
import dev.hawser.api.admin.JoinRequest;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.output.Table;
import dev.hawser.cli.shell.ExitCode;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "join",
    description = "Joins this cluster to a federation.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  hawser join hwsr1.eyJ...        # the token that 'hawser invite' printed on a member",
      "  hawser join --plan hwsr1.eyJ... # says what would happen; the token stays unused",
      "  hawser join - < token.txt       # keeps the token out of the shell's history"
    })
final class JoinCommand extends AdminCommand {
  @Parameters(
      index = "0",
      paramLabel = "TOKEN",
      description = "The token, or - to read it from the input.")
  private String token = "";

  @Option(names = "--plan", description = "Says what would happen and changes nothing.")
  private boolean plan;

  @Override
  int run(RootCommand root, AdminApi api) throws IOException {
    JoinReport report = api.join(new JoinRequest(argumentOrInput(root.terminal(), token), plan));
    root.print(report, () -> text(report));
    return ExitCode.OK;
  }

  private static String text(JoinReport report) {
    StringBuilder out = new StringBuilder();
    out.append(report.joined() ? "Joined" : "Would join")
        .append(" the federation through ")
        .append(Table.printable(report.throughCluster()))
        .append(".\n");
    line(out, "members", String.join(", ", report.members()));
    line(out, "root held by", report.rootHolder());
    List<String> services = report.exportedServices();
    line(out, "becomes visible", services.isEmpty() ? "nothing yet" : String.join(", ", services));
    for (String finding : report.findings()) {
      line(out, "note", finding);
    }
    out.append(
        report.joined()
            ? "See it: hawser federation status\n"
            : "Nothing was changed. To join, run it again without --plan.\n");
    return out.toString();
  }

  private static void line(StringBuilder out, String what, String value) {
    out.append("  ").append(what).append(": ").append(Table.printable(value)).append('\n');
  }
}
