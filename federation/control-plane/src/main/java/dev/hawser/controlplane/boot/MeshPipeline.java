package dev.hawser.controlplane.boot;

import dev.hawser.controlplane.enroll.TrustState;
import dev.hawser.controlplane.exports.ExportLedger;
import dev.hawser.controlplane.exports.LocalExport;
import dev.hawser.controlplane.exports.Offers;
import dev.hawser.controlplane.merge.MergeInput;
import dev.hawser.controlplane.merge.SnapshotMerger;
import dev.hawser.controlplane.peer.Federation;
import dev.hawser.controlplane.peer.Remotes;
import dev.hawser.controlplane.policy.Policy;
import dev.hawser.controlplane.registry.Registries;
import dev.hawser.controlplane.snapshot.LocalCluster;
import dev.hawser.controlplane.snapshot.MeshSnapshot;
import dev.hawser.controlplane.snapshot.MeshTrust;
import dev.hawser.controlplane.snapshot.SlotAssignment;
import dev.hawser.controlplane.snapshot.SnapshotHolder;
import dev.hawser.controlplane.state.StateUnavailableException;
import dev.hawser.controlplane.xds.ProxyRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the inputs to the snapshot, once: registries, presence, peers and policies are merged; slots
 * are assigned and stored; then proxies hear of it, and after them the peers, so that no peer calls
 * a slot that the own gateways do not know yet. Runs on the mesh loop's thread alone.
 */
final class MeshPipeline {
  private static final Logger LOG = LoggerFactory.getLogger(MeshPipeline.class);

  /**
   * How long the first snapshot waits for sources that have never reported: before it, proxies keep
   * what they have; after it, one absent registry must not hide the others for ever.
   */
  static final Duration FIRST_SNAPSHOT = Duration.ofSeconds(5);

  private final Parts parts;
  private volatile Offers offers = Offers.NONE;
  private List<String> gateways = List.of();

  /** When the first snapshot is made in any case; set by the first attempt. */
  private @Nullable Instant deadline;

  /**
   * What the pipeline reads and writes.
   *
   * @param local without its gateways, which are those that are connected
   */
  record Parts(
      LocalCluster local,
      Registries registries,
      ProxyRegistry proxies,
      Federation federation,
      Supplier<? extends Collection<? extends Policy>> policies,
      TrustState trust,
      ExportLedger ledger,
      SnapshotHolder snapshots,
      InstantSource clock) {}

  MeshPipeline(Parts parts) {
    this.parts = parts;
  }

  /** Returns what this cluster exports now; safe for any thread. */
  Offers offers() {
    return offers;
  }

  /**
   * Recomputes.
   *
   * @param again asked to come back when something will have changed by time alone
   */
  void recompute(Consumer<Duration> again) {
    Instant now = parts.clock().instant();
    announceGateways();
    if (parts.snapshots().current().isEmpty() && !parts.registries().complete()) {
      Instant end = deadline == null ? now.plus(FIRST_SNAPSHOT) : deadline;
      deadline = end;
      if (now.isBefore(end)) {
        again.accept(Duration.between(now, end));
        return;
      }
      LOG.warn("Serving without every registry: one has not reported yet.");
    }
    MeshSnapshot snapshot = merge(offers.assignments());
    Offers next = assign(snapshot);
    if (!next.assignments().equals(offers.assignments())) {
      snapshot = merge(next.assignments());
    }
    offers = next;
    parts.snapshots().publish(snapshot);
    parts.federation().offer(next);
    next.dueAt().ifPresent(due -> again.accept(Duration.between(now, due)));
  }

  private Offers assign(MeshSnapshot snapshot) {
    List<LocalExport> services =
        snapshot.services().values().stream().map(LocalExport::of).toList();
    try {
      return parts.ledger().update(services);
    } catch (StateUnavailableException e) {
      // A slot that is not stored must not be offered; what was offered before stays.
      LOG.error("Slots cannot be stored; exports stay as they are.", e);
      return offers;
    }
  }

  private MeshSnapshot merge(List<SlotAssignment> slots) {
    Remotes remotes = parts.federation().remotes();
    LocalCluster local = parts.local();
    return SnapshotMerger.merge(
        new MergeInput(
            new LocalCluster(
                local.name(),
                local.network(),
                local.locality(),
                local.consulNamespace(),
                gateways,
                local.controlPlanes()),
            parts.registries().served().values(),
            parts.proxies().present(),
            remotes.clusters(),
            remotes.exports(),
            slots,
            parts.policies().get(),
            trust(parts.trust())));
  }

  private static MeshTrust trust(TrustState trust) {
    return new MeshTrust(trust.bundles(), trust.revocationList(), trust.issuer());
  }

  private void announceGateways() {
    List<String> connected = parts.proxies().gateways();
    if (!connected.equals(gateways)) {
      LOG.info("Gateways connected. addresses={}", connected);
      gateways = connected;
      parts.federation().gateways(connected);
      parts.federation().probes().probers(connected.size());
    }
  }
}
