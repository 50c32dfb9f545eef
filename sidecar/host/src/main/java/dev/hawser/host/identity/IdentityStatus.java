package dev.hawser.host.identity;

import java.time.Instant;
import java.util.Optional;

/**
 * How an identity fares.
 *
 * @param serial of the certificate, lower-case hexadecimal
 * @param issuer serial number of the intermediate that signed it
 * @param expires when the certificate ends
 * @param expired whether it has ended
 * @param lastRenewal when the current certificate was received or loaded
 * @param trouble why the last attempt to renew failed, as a sentence; empty when none is pending
 * @param troubleSince when attempts began to fail
 */
public record IdentityStatus(
    String id,
    String serial,
    String issuer,
    Instant expires,
    boolean expired,
    Instant lastRenewal,
    Optional<String> trouble,
    Optional<Instant> troubleSince) {}
