package dev.hawser.controlplane.merge;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.snapshot.Condition;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteExport;
import dev.hawser.controlplane.snapshot.RemoteSlot;
import dev.hawser.trust.spiffe.SpiffeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What of another cluster's export may be used here. */
final class ExportFilter {
  private final String own;
  private final Map<String, RemoteCluster> remotes = new HashMap<>();
  private final Map<ServiceName, List<Definition>> local;

  /**
   * @param local the definitions of this cluster's own sources
   */
  ExportFilter(MergeInput input, Map<ServiceName, List<Definition>> local) {
    this.own = input.local().name().name();
    this.local = local;
    input.remotes().forEach(remote -> remotes.put(remote.name(), remote));
  }

  Optional<Definition.Remote> judge(RemoteExport export, List<Condition> conditions) {
    RemoteCluster remote = remotes.get(export.cluster());
    if (remote == null || export.cluster().equals(own) || export.ports().isEmpty()) {
      return Optional.empty();
    }
    if (export.service().isClusterInternal()) {
      conditions.add(
          new Condition(
              export.service(),
              Condition.Kind.INTERNAL_NAME,
              "Cluster "
                  + export.cluster()
                  + " exports "
                  + export.service()
                  + ", a name that never crosses a cluster's border; the export is not used."));
      return Optional.empty();
    }
    if (isPrivateHere(export.service())) {
      conditions.add(
          new Condition(
              export.service(),
              Condition.Kind.NAME_CONFLICT,
              "Cluster "
                  + export.cluster()
                  + " exports "
                  + export.service()
                  + ", but the service of that name here is not exported; the remote one is not"
                  + " used. Export the one here too if they are the same service, or rename one."));
      return Optional.empty();
    }
    List<String> identities = ownIdentities(export, remote, conditions);
    if (identities.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Definition.Remote(
            new RemoteExport(
                export.cluster(),
                export.service(),
                export.ports(),
                export.slots().stream()
                    .sorted(Comparator.comparingInt(RemoteSlot::number))
                    .toList(),
                identities,
                export.since())));
  }

  private boolean isPrivateHere(ServiceName name) {
    List<Definition.Local> here =
        local.getOrDefault(name, List.of()).stream()
            .filter(Definition.Local.class::isInstance)
            .map(Definition.Local.class::cast)
            .toList();
    return !here.isEmpty()
        && here.stream().noneMatch(definition -> definition.service().exposure().isExported());
  }

  private static List<String> ownIdentities(
      RemoteExport export, RemoteCluster remote, List<Condition> conditions) {
    List<String> own = new ArrayList<>();
    List<String> foreign = new ArrayList<>();
    for (String identity : export.identities()) {
      (isOf(remote.trustDomain(), identity) ? own : foreign).add(identity);
    }
    if (!foreign.isEmpty()) {
      conditions.add(
          new Condition(
              export.service(),
              Condition.Kind.FOREIGN_IDENTITY,
              "Cluster "
                  + export.cluster()
                  + " claims that "
                  + String.join(", ", foreign.stream().sorted().limit(5).toList())
                  + " may serve "
                  + export.service()
                  + "; identities outside "
                  + remote.trustDomain()
                  + " are refused"
                  + (own.isEmpty() ? ", and without any other the export is not used." : ".")));
    }
    return own.stream().distinct().sorted().toList();
  }

  private static boolean isOf(String trustDomain, String identity) {
    try {
      return SpiffeId.parse(identity).trustDomain().name().equals(trustDomain);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
