package dev.hawser.controlplane.merge;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.policy.Policy;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.snapshot.Condition;
import dev.hawser.controlplane.snapshot.MeshService;
import dev.hawser.controlplane.snapshot.MeshSnapshot;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteExport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Puts the reports of all sources together.
 *
 * <ul>
 *   <li>Services of one name in several registries of this cluster are one service.
 *   <li>A name that another cluster exports joins a local service only if that one is exported too:
 *       a peer cannot take over a name.
 *   <li>Where definitions disagree about a port, the oldest wins, by creation and then by source;
 *       those of other clusters come after those of this one, since their age is their own claim.
 *       What lost is not used for that port, and a condition says so.
 * </ul>
 */
public final class SnapshotMerger {
  private SnapshotMerger() {}

  /** Returns the snapshot; pure, for any thread. */
  public static MeshSnapshot merge(MergeInput input) {
    Map<ServiceName, List<Definition>> definitions = new TreeMap<>();
    for (RegistryState source : input.sources()) {
      source
          .services()
          .forEach(service ->
              definitions
                  .computeIfAbsent(service.name(), _ -> new ArrayList<>())
                  .add(new Definition.Local(source.source(), service)));
    }
    List<Condition> homeless = new ArrayList<>();
    ExportFilter filter = new ExportFilter(input, definitions);
    for (RemoteExport export : sorted(input.exports())) {
      filter.judge(export, homeless).ifPresent(usable -> add(definitions, usable));
    }
    Endpoints endpoints = new Endpoints(input);
    SortedMap<ServiceName, MeshService> services = new TreeMap<>();
    definitions.forEach((name, found) ->
        services.put(
            name, new ServiceMerge(name, found, endpoints, conditionsOf(homeless, name)).merge()));
    List<Condition> loose = new ArrayList<>(homeless);
    loose.removeIf(condition -> services.containsKey(condition.service()));
    for (Policy policy : input.policies()) {
      for (String detail : PolicyEffects.of(policy, services, input.policies())) {
        loose.add(
            new Condition(
                policy.services().getFirst(), Condition.Kind.POLICY_WITHOUT_EFFECT, detail));
      }
    }
    return new MeshSnapshot(
        input.local(),
        services.values(),
        latest(input.remotes()),
        input.policies(),
        input.trust(),
        loose);
  }

  private static void add(
      Map<ServiceName, List<Definition>> definitions, Definition.Remote usable) {
    definitions.computeIfAbsent(usable.export().service(), _ -> new ArrayList<>()).add(usable);
  }

  private static List<RemoteExport> sorted(Collection<RemoteExport> exports) {
    return exports.stream()
        .sorted(Comparator.comparing(RemoteExport::cluster).thenComparing(RemoteExport::service))
        .toList();
  }

  private static List<Condition> conditionsOf(List<Condition> conditions, ServiceName name) {
    return conditions.stream().filter(condition -> condition.service().equals(name)).toList();
  }

  private static Collection<RemoteCluster> latest(Collection<RemoteCluster> remotes) {
    Map<String, RemoteCluster> byName = new HashMap<>();
    remotes.forEach(remote -> byName.put(remote.name(), remote));
    return byName.values();
  }
}
