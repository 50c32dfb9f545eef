package dev.hawser.controlplane.peer;

import dev.hawser.controlplane.snapshot.RemoteCluster;
import dev.hawser.controlplane.snapshot.RemoteExport;
import java.util.List;

/**
 * The other members and what they export to this cluster, as known last; also that of dead ones.
 *
 * @param clusters by name
 * @param exports by cluster and service
 */
public record Remotes(List<RemoteCluster> clusters, List<RemoteExport> exports) {
  /** No other member is known. */
  public static final Remotes NONE = new Remotes(List.of(), List.of());

  public Remotes {
    clusters = List.copyOf(clusters);
    exports = List.copyOf(exports);
  }
}
