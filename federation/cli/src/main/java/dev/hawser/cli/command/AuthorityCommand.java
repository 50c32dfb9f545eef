package dev.hawser.cli.command;

import dev.hawser.api.admin.AuthorityStatus;
import dev.hawser.cli.client.AdminApi;
import dev.hawser.cli.output.Ages;
import dev.hawser.cli.output.Table;
import dev.hawser.cli.shell.ExitCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "authority",
    description = "Who signs this cluster's identities: the root, and the intermediate under it.",
    subcommands = {
      AuthorityCommand.Status.class,
      AuthorityCommand.Renew.class,
      AuthorityCommand.Revoke.class
    })
final class AuthorityCommand {

  @Command(
      name = "status",
      description = {
        "Shows the federation's root, this cluster's intermediate, and others that have not ended.",
        "On the cluster that holds the root's key, the intermediates of every member."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  hawser authority status",
        "  hawser authority status -o json | jq -r .intermediate.serial"
      })
  static final class Status extends AdminCommand {
    @Override
    int run(RootCommand root, AdminApi api) {
      AuthorityStatus status = api.authority();
      root.print(status, () -> text(status, root.terminal().clock().instant()));
      return ExitCode.OK;
    }
  }

  @Command(
      name = "renew",
      description = {
        "Gives this cluster a new intermediate, signed by the root's holder.",
        "Proxies, gateways and VM agents renew their certificates within a minute; nothing fails.",
        "The old one stays valid until its end, unless it is revoked."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  hawser authority renew",
        "  hawser authority renew -o json | jq -r '.others[0].serial'     # the one before"
      })
  static final class Renew extends AdminCommand {
    @Override
    int run(RootCommand root, AdminApi api) {
      AuthorityStatus status = api.renewAuthority();
      root.print(
          status,
          () ->
              "Intermediate "
                  + Table.printable(status.intermediate().serial())
                  + " signs from now on; workloads renew their certificates within a minute.\n\n"
                  + text(status, root.terminal().clock().instant()));
      return ExitCode.OK;
    }
  }

  @Command(
      name = "revoke",
      description = {
        "Takes an intermediate back: every member refuses what it signed, from now on.",
        "Workloads whose certificate is under it have to join again: renew first, and wait until",
        "they have followed. The intermediate in use cannot be revoked by its own cluster."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  hawser authority status                 # shows the serial numbers",
        "  hawser authority revoke 1f0c5a..."
      })
  static final class Revoke extends AdminCommand {
    @Parameters(paramLabel = "SERIAL", description = "As 'hawser authority status' shows it.")
    private String serial = "";

    @Override
    int run(RootCommand root, AdminApi api) {
      api.revokeIntermediate(serial);
      root.print(
          Map.of("revoked", serial),
          () -> "Intermediate " + Table.printable(serial) + " is revoked.\n");
      return ExitCode.OK;
    }
  }

  static String text(AuthorityStatus status, Instant now) {
    Table table = new Table("AUTHORITY", "STATE", "SERIAL", "SHA-256", "AGE", "ENDS");
    row(table, "root, held by " + status.rootHolder(), status.root(), now);
    row(table, status.trustDomain(), status.intermediate(), now);
    status.others().forEach(other -> row(table, other.trustDomain(), other, now));
    return table.render();
  }

  private static void row(
      Table table, String name, AuthorityStatus.Certificate certificate, Instant now) {
    Duration left = Duration.between(now, certificate.until());
    table.row(
        name,
        certificate.state(),
        certificate.serial(),
        certificate.fingerprint(),
        Ages.text(Duration.ofSeconds(certificate.ageSeconds())),
        left.isNegative() ? Ages.text(left.negated()) + " ago" : "in " + Ages.text(left));
  }
}
