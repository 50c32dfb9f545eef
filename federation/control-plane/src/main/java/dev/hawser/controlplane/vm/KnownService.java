package dev.hawser.controlplane.vm;

import dev.hawser.controlplane.enroll.GrantedService;
import java.time.Instant;

/**
 * A service that a lease brought once.
 *
 * @param created when it was first brought
 * @param lastLease when it was last covered by a lease
 */
record KnownService(GrantedService service, Instant created, Instant lastLease) {}
