package dev.hawser.api.admin;

import java.time.Instant;

/**
 * An item of {@code GET /v1/endpoints}: one endpoint with its provenance.
 *
 * @param address of the instance, or of the gateway for a remote slot
 * @param slot the slot's number, or -1 when it has none
 * @param health one of the words healthy, unhealthy, held, stale, no-proxy
 */
public record EndpointView(
    String service,
    String address,
    int slot,
    String cluster,
    String registry,
    String source,
    String owner,
    String locality,
    String identity,
    String health,
    boolean meshed,
    Instant since,
    long ageSeconds) {}
