package dev.hawser.controlplane.snapshot;

import dev.hawser.api.model.Exposure;
import dev.hawser.api.model.ServicePort;
import dev.hawser.api.naming.ServiceName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A service of the mesh: all that has its name, here and in other clusters.
 *
 * @param ports by number; conflicts already decided
 * @param addresses virtual addresses in this cluster, sorted
 * @param exposure the union of what its registries here say; hidden if it only runs elsewhere
 * @param local endpoints in this cluster, whether usable or not, by {@link MeshEndpoint#key()}
 * @param remote exports that may be used, by cluster, each with the ports and identities that may
 *     be used; those of a dead cluster are still here, so look at {@link RemoteCluster#serves()}
 * @param conditions sorted
 * @param since the age of the oldest definition in use
 */
public record MeshService(
    ServiceName name,
    List<ServicePort> ports,
    List<String> addresses,
    Exposure exposure,
    List<MeshEndpoint> local,
    List<RemoteExport> remote,
    List<Condition> conditions,
    Instant since) {
  public MeshService {
    ports = List.copyOf(ports);
    addresses = List.copyOf(addresses);
    local = List.copyOf(local);
    remote = List.copyOf(remote);
    conditions = List.copyOf(conditions);
  }

  /** Returns the port with this number. */
  public Optional<ServicePort> port(int number) {
    return ports.stream().filter(port -> port.number() == number).findFirst();
  }

  /** Returns what a cluster may be offered now, by {@link MeshEndpoint#key()}. */
  public List<MeshEndpoint> advertisedTo(String cluster) {
    return local.stream().filter(endpoint -> endpoint.advertisedTo(cluster)).toList();
  }

  /** Returns the SPIFFE ids that may serve it in this cluster, sorted. */
  public List<String> localIdentities() {
    return List.copyOf(new TreeSet<>(local.stream().map(endpoint -> endpoint.spiffeId()).toList()));
  }
}
