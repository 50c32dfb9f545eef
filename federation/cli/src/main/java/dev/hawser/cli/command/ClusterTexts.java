package dev.hawser.cli.command;

import dev.hawser.api.admin.ClusterStatus;
import dev.hawser.cli.output.Ages;
import dev.hawser.cli.output.Table;
import java.time.Duration;
import java.time.Instant;

/** A cluster's status for people. */
final class ClusterTexts {
  private ClusterTexts() {}

  static String status(ClusterStatus status, Instant now) {
    StringBuilder out = new StringBuilder();
    line(out, "cluster", status.cluster() + "." + status.meshDomain() + " (" + status.uuid() + ")");
    line(out, "release", status.version() + ", up " + Ages.between(status.started(), now));
    line(out, "network", status.network());
    line(out, "root held by", status.rootHolder());
    line(
        out,
        "intermediate",
        "ends in " + Ages.text(Duration.between(now, status.intermediateExpires())));
    line(out, "snapshot", status.snapshotVersion() + ", epoch " + status.epoch());
    out.append('\n').append(registries(status, now));
    out.append('\n').append(gateways(status, now));
    out.append('\n').append(proxies(status, now));
    return out.toString();
  }

  private static String registries(ClusterStatus status, Instant now) {
    Table table =
        new Table("REGISTRY", "KIND", "STATE", "SERVICES", "ENDPOINTS", "UPDATED", "DETAIL");
    StringBuilder rejected = new StringBuilder();
    for (ClusterStatus.RegistryStatus registry : status.registries()) {
      String updated = Ages.between(registry.updated(), now);
      table.row(
          registry.source(),
          registry.kind(),
          registry.state(),
          registry.services(),
          registry.endpoints(),
          updated.isEmpty() ? "" : updated + " ago",
          registry.detail());
      for (String reason : registry.rejected()) {
        rejected
            .append("  rejected from ")
            .append(Table.printable(registry.source() + ": " + reason))
            .append('\n');
      }
    }
    return table.render() + rejected;
  }

  private static String gateways(ClusterStatus status, Instant now) {
    Table table = new Table("GATEWAY", "ADDRESS", "STATE", "SINCE");
    for (ClusterStatus.GatewayStatus gateway : status.gateways()) {
      table.row(
          gateway.id(),
          gateway.address(),
          gateway.connected() ? "connected" : "away",
          Ages.between(gateway.since(), now));
    }
    return table.isEmpty()
        ? "No gateway is connected. To start one: hawser gateway start\n"
        : table.render();
  }

  private static String proxies(ClusterStatus status, Instant now) {
    Table table = new Table("PROXY", "KIND", "ADDRESS", "IDENTITY", "CONFIG", "SINCE");
    StringBuilder nacks = new StringBuilder();
    for (ClusterStatus.ProxyStatus proxy : status.proxies()) {
      String config = proxy.synced() ? "synced" : "pending";
      table.row(
          proxy.id(),
          proxy.kind(),
          proxy.address(),
          proxy.identity(),
          proxy.nack().isEmpty() ? config : "refused",
          Ages.between(proxy.since(), now));
      if (!proxy.nack().isEmpty()) {
        nacks
            .append("  refused by ")
            .append(Table.printable(proxy.id() + ": " + proxy.nack()))
            .append('\n');
      }
    }
    return table.isEmpty() ? "No proxy is connected.\n" : table.render() + nacks;
  }

  private static void line(StringBuilder out, String what, String value) {
    out.append(what)
        .repeat(' ', Math.max(1, 14 - what.length()))
        .append(Table.printable(value))
        .append('\n');
  }
}
