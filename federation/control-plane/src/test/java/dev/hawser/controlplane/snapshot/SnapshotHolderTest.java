package dev.hawser.controlplane.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.api.model.Locality;
import dev.hawser.api.model.PeerState;
import dev.hawser.api.naming.ClusterName;
import dev.hawser.trust.bundle.TrustBundles;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotHolderTest {
  private final SnapshotHolder holder = new SnapshotHolder();
  private final List<MeshSnapshot> heard = new ArrayList<>();

  @Test
  void listenersHearOfOtherContentAndNotOfAHeartbeat() {
    holder.onChange(heard::add);

    holder.publish(snapshot(PeerState.LIVE, Instant.EPOCH));
    holder.publish(snapshot(PeerState.LIVE, Instant.EPOCH.plusSeconds(1)));
    holder.publish(snapshot(PeerState.DEAD, Instant.EPOCH.plusSeconds(2)));

    assertThat(heard).hasSize(2);
  }

  @Test
  void aHeartbeatIsStillSeenByWhoLooks() {
    holder.publish(snapshot(PeerState.LIVE, Instant.EPOCH));
    holder.publish(snapshot(PeerState.LIVE, Instant.EPOCH.plusSeconds(1)));

    assertThat(holder.current().orElseThrow().remotes().values())
        .extracting(RemoteCluster::lastHeard)
        .containsExactly(Instant.EPOCH.plusSeconds(1));
  }

  @Test
  void aListenerThatLeftHearsNothing() {
    holder.onChange(heard::add).run();

    holder.publish(snapshot(PeerState.LIVE, Instant.EPOCH));

    assertThat(heard).isEmpty();
  }

  private static MeshSnapshot snapshot(PeerState state, Instant heard) {
    return new MeshSnapshot(
        new LocalCluster(
            new ClusterName("east", "mesh.internal"),
            "east",
            Locality.UNKNOWN,
            "default",
            List.of(),
            List.of()),
        List.of(),
        List.of(new RemoteCluster("west", "west.mesh.internal", List.of(), state, heard)),
        List.of(),
        MeshTrust.of(TrustBundles.empty()),
        List.of());
  }
}
