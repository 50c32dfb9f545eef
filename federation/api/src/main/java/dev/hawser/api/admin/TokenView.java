package dev.hawser.api.admin;

import java.time.Instant;

/**
 * An item of {@code GET /v1/tokens}; never the secret.
 *
 * @param kind {@code CLUSTER}, {@code VM}, {@code WORKLOAD} or {@code GATEWAY}
 * @param subject what it is for: a cluster's name (or {@code any}), a VM's name, an identity
 * @param state {@code OPEN}, {@code USED}, {@code EXPIRED} or {@code REVOKED}
 * @param attempts refused redemptions after the first; more than none is worth a look
 */
public record TokenView(
    String id,
    String kind,
    String subject,
    String state,
    Instant created,
    Instant expires,
    int attempts) {}
