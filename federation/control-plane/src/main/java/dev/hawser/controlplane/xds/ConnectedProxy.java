package dev.hawser.controlplane.xds;

import java.time.Instant;

/**
 * A client of the configuration stream, as statuses show it.
 *
 * @param id as it calls itself
 * @param identity the SPIFFE id of its certificate
 * @param address where it says that it listens; may be empty
 * @param advertise {@code host:port} where a gateway is reached from other networks; else empty
 * @param since when its stream began
 * @param synced whether it acknowledged all that was sent
 * @param nack the refusal that still stands, with the resource type; empty if none
 */
public record ConnectedProxy(
    String id,
    String identity,
    String address,
    ProxyKind kind,
    String advertise,
    Instant since,
    boolean synced,
    String nack) {}
