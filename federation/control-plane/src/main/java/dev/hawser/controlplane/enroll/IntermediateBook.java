package dev.hawser.controlplane.enroll;

import dev.hawser.controlplane.enroll.AuthorityRecord.BookRecord;
import dev.hawser.trust.spiffe.TrustDomain;
import dev.hawser.trust.x509.Certificates;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The intermediates that can still be alive: this cluster's own and, on the root's holder, every
 * one that it signed. What is to be revoked is named from here, so that a slip of a digit revokes
 * nothing. Durable; safe for any thread.
 */
final class IntermediateBook {
  /**
   * As many may be signed for one cluster in an hour. A cluster needs one in months; whoever stole
   * its key must not be able to grow the book and the list of revoked ones without end.
   */
  static final int PER_HOUR = 12;

  private static final Duration HOUR = Duration.ofHours(1);

  private final TrustStore store;
  private final InstantSource clock;
  private List<SignedIntermediate> entries;

  IntermediateBook(TrustStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
    this.entries = store.intermediates().stream().map(IntermediateBook::read).toList();
  }

  /** Notes one; a second time does nothing. */
  synchronized void add(X509Certificate certificate, TrustDomain owner) {
    Instant now = clock.instant();
    SignedIntermediate added = SignedIntermediate.of(certificate, owner, now);
    if (entries.stream().anyMatch(known -> known.fingerprint().equals(added.fingerprint()))) {
      return;
    }
    List<SignedIntermediate> next = new ArrayList<>(List.of(added));
    entries.stream().filter(known -> known.until().isAfter(now)).forEach(next::add);
    store.saveIntermediates(next.stream().map(IntermediateBook::write).toList());
    entries = List.copyOf(next);
  }

  /** Returns those that have not ended, newest first. */
  synchronized List<SignedIntermediate> alive() {
    Instant now = clock.instant();
    return entries.stream()
        .filter(known -> known.until().isAfter(now))
        .sorted(Comparator.comparing(SignedIntermediate::signed).reversed())
        .toList();
  }

  /** Returns why none is signed for a cluster now; empty if nothing is against it. */
  synchronized Optional<String> objection(TrustDomain owner) {
    Instant since = clock.instant().minus(HOUR);
    long lately =
        entries.stream()
            .filter(known -> known.trustDomain().equals(owner) && known.signed().isAfter(since))
            .count();
    return lately < PER_HOUR
        ? Optional.empty()
        : Optional.of(
            lately
                + " intermediates of "
                + owner
                + " were signed within an hour (expected: at most "
                + PER_HOUR
                + ")");
  }

  private static SignedIntermediate read(BookRecord.Entry stored) {
    return new SignedIntermediate(
        new TrustDomain(stored.trustDomain()),
        Certificates.serial(stored.serial()),
        stored.fingerprint(),
        Instant.ofEpochMilli(stored.signedMillis()),
        Instant.ofEpochMilli(stored.untilMillis()));
  }

  private static BookRecord.Entry write(SignedIntermediate entry) {
    return new BookRecord.Entry(
        entry.trustDomain().name(),
        Certificates.serialHex(entry.serial()),
        entry.fingerprint(),
        entry.signed().toEpochMilli(),
        entry.until().toEpochMilli());
  }
}
