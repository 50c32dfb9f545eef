package dev.hawser.controlplane.admin;

import dev.hawser.controlplane.enroll.TrustState;
import dev.hawser.controlplane.exports.Offers;
import dev.hawser.controlplane.peer.Federation;
import dev.hawser.controlplane.registry.Registries;
import dev.hawser.controlplane.snapshot.SnapshotHolder;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.trust.token.TokenLedger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * What the administration looks at and acts on.
 *
 * @param offers what this cluster exports now
 * @param version of this release
 * @param network of the cluster
 * @param started when this process began to serve
 */
public record AdminParts(
    TrustState trust,
    TokenLedger tokens,
    Registries registries,
    SnapshotHolder snapshots,
    Federation federation,
    Supplier<Offers> offers,
    PolicyDesk policies,
    ProxyDirectory proxies,
    StateStore state,
    InstantSource clock,
    String version,
    String network,
    Instant started) {}
