package dev.hawser.controlplane.peer;

import dev.hawser.api.admin.FederationStatus;
import dev.hawser.api.admin.FederationStatus.Conflict;
import dev.hawser.api.admin.FederationStatus.GatewayProbe;
import dev.hawser.api.model.PeerState;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteExport;
import dev.hawser.controlplane.snapshot.RemoteGateway;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Shows what the links know: to people as a status, to the snapshot as remotes. The loop's. */
final class FederationView {
  private final PeerLinks links;
  private List<Object> shown = List.of();

  FederationView(PeerLinks links) {
    this.links = links;
  }

  /** Returns whether anything but ages has changed since the last call that said so. */
  boolean hasNews() {
    Instant now = links.now();
    List<Object> signature = new ArrayList<>();
    for (PeerLink link : links.links().values()) {
      signature.add(link.peer());
      signature.add(link.uuid());
      signature.add(link.state());
      signature.add(link.importVersion());
      signature.add(gateways(link, now));
    }
    boolean news = !signature.equals(shown);
    shown = signature;
    return news;
  }

  Remotes remotes() {
    Instant now = links.now();
    List<RemoteCluster> clusters = new ArrayList<>();
    List<RemoteExport> exports = new ArrayList<>();
    for (PeerLink link : links.links().values()) {
      clusters.add(
          new RemoteCluster(
              link.peer().name(),
              link.peer().trustDomain(),
              gateways(link, now),
              link.state(),
              link.lastHeard()));
      exports.addAll(link.imports().exports());
    }
    return new Remotes(clusters, exports);
  }

  private List<RemoteGateway> gateways(PeerLink link, Instant now) {
    return addresses(link).stream()
        .map(address -> new RemoteGateway(address, link.health().isAnswering(address, now)))
        .toList();
  }

  private List<String> addresses(PeerLink link) {
    return links.members().find(link.peer().name()).map(Member::gateways).orElse(List.of());
  }

  /**
   * Returns the status for people.
   *
   * @param conflicts those about services, from the merger
   */
  FederationStatus status(List<Conflict> conflicts) {
    Instant now = links.now();
    List<FederationStatus.Member> members = new ArrayList<>();
    List<Conflict> all = new ArrayList<>(conflicts);
    links
        .clashes()
        .forEach((cluster, detail) -> all.add(new Conflict(cluster, "cluster-name", detail)));
    for (PeerLink link : links.links().values()) {
      members.add(member(link, now));
      link.imports()
          .rejected()
          .forEach((name, reason) ->
              all.add(
                  new Conflict(
                      name,
                      "export-refused",
                      "What "
                          + link.peer().name()
                          + " exports under this name is refused: "
                          + reason)));
    }
    Member self = links.self();
    return new FederationStatus(
        self.name(), self.cluster().meshDomain(), links.rootHolder(), members, List.copyOf(all));
  }

  private static FederationStatus.Member member(PeerLink link, Instant now) {
    PeerHealth.Finding finding = link.health().evaluate(now);
    String detail =
        finding.state() == PeerState.LIVE || link.trouble().isEmpty()
            ? finding.detail()
            : finding.detail() + "; link " + link.trouble();
    return new FederationStatus.Member(
        link.peer().name(),
        link.uuid(),
        finding.state(),
        detail,
        Math.max(0, Duration.between(link.lastHeard(), now).toSeconds()),
        link.imports().epoch(),
        link.imports().sequence(),
        link.health().probes().stream()
            .map(probe -> new GatewayProbe(probe.address(), probe.answered(), probe.checked()))
            .toList(),
        link.imports().exports().stream().map(export -> export.service().toString()).toList(),
        link.offered().map(offered -> List.copyOf(offered.exports().keySet())).orElse(List.of()));
  }
}
