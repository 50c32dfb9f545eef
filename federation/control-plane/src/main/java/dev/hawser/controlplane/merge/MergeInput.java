package dev.hawser.controlplane.merge;

import dev.hawser.controlplane.policy.Policy;
import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.controlplane.snapshot.MeshTrust;
import dev.hawser.controlplane.snapshot.Present;
import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteExport;
import dev.hawser.controlplane.snapshot.SlotAssignment;
import java.util.Collection;
import java.util.List;

/**
 * Everything that a snapshot is made of. The order within a collection makes no difference.
 *
 * @param sources what each source serves, after the guard; each source once
 * @param present proxies that are connected or within the grace
 * @param exports what other clusters offer, as they said it last, also those of dead ones
 * @param slots this cluster's own slot table
 */
public record MergeInput(
    LocalCluster local,
    Collection<RegistryState> sources,
    Collection<Present> present,
    Collection<RemoteCluster> remotes,
    Collection<RemoteExport> exports,
    Collection<SlotAssignment> slots,
    Collection<? extends Policy> policies,
    MeshTrust trust) {
  public MergeInput {
    sources = List.copyOf(sources);
    present = List.copyOf(present);
    remotes = List.copyOf(remotes);
    exports = List.copyOf(exports);
    slots = List.copyOf(slots);
    policies = List.copyOf(policies);
  }
}
