package dev.hawser.controlplane.peer;

import dev.hawser.api.naming.ClusterName;
import dev.hawser.api.naming.ServiceName;
import dev.hawser.api.peer.v1.Export;
import dev.hawser.api.peer.v1.ExportChange;
import dev.hawser.api.peer.v1.ExportSet;
import dev.hawser.controlplane.snapshot.RemoteExport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one peer exports to this cluster, as it said last: ordered by (epoch, sequence), each item
 * checked alone, so that a bad one never takes down the good ones.
 *
 * <p>A new version of an export that is not valid is shown and the last valid one stays. Not
 * thread-safe.
 */
final class Imports {
  static final int MAX_EXPORTS = 10_000;

  /** Of all exports of one peer together: about 100 MB of memory at the worst. */
  static final int MAX_TOTAL_SLOTS = 500_000;

  /** Rejected items are shown to people; after these, only their number grows. */
  private static final int MAX_SHOWN = 100;

  private final ClusterName exporter;
  private final NavigableMap<ServiceName, Accepted> accepted = new TreeMap<>();
  private final NavigableMap<String, String> rejected = new TreeMap<>();
  private @Nullable List<Export> parts;
  private long partsSequence;
  private boolean synced;
  private int totalSlots;
  private long epoch;
  private long sequence;

  /** The message as it came, for the disk, and what it means. */
  record Accepted(Export wire, RemoteExport export) {}

  /** What became of a message. */
  sealed interface Outcome {
    /** Taken; {@code changed} says whether any export is not what it was. */
    record Applied(boolean changed) implements Outcome {}

    /** Not taken, and the link cannot go on; {@code reason} is a sentence fragment. */
    record Refused(String reason) implements Outcome {}
  }

  Imports(ClusterName exporter) {
    this.exporter = exporter;
  }

  /** Takes back what was on disk: the order is known, the exports are checked again. */
  void restore(long lastEpoch, long lastSequence, List<Export> exports) {
    epoch = lastEpoch;
    sequence = lastSequence;
    exports.forEach(this::accept);
  }

  long epoch() {
    return epoch;
  }

  long sequence() {
    return sequence;
  }

  List<RemoteExport> exports() {
    return accepted.values().stream().map(Accepted::export).toList();
  }

  /** Returns each export as it came, by name. */
  NavigableMap<ServiceName, Accepted> accepted() {
    return Collections.unmodifiableNavigableMap(accepted);
  }

  /** Returns the refused items and why, by the name they claim. */
  NavigableMap<String, String> rejected() {
    return Collections.unmodifiableNavigableMap(rejected);
  }

  /** A new link begins with a whole set: parts of an unfinished one are worthless. */
  void newLink() {
    parts = null;
    synced = false;
  }

  /** Whether the whole set has come by the present link, so that a gap in the order is a loss. */
  boolean isSynced() {
    return synced;
  }

  Outcome apply(ExportSet set) {
    Optional<Outcome> refusal =
        parts == null ? refuseOlder(set.getEpoch(), set.getSequence()) : refusePart(set);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    List<Export> collected = parts == null ? new ArrayList<>() : parts;
    if (collected.size() + set.getExportsCount() > 2 * MAX_EXPORTS) {
      return new Outcome.Refused("it exports more than " + 2 * MAX_EXPORTS + " services");
    }
    collected.addAll(set.getExportsList());
    partsSequence = set.getSequence();
    synced = !set.getMore();
    if (set.getMore()) {
      parts = collected;
      return new Outcome.Applied(false);
    }
    parts = null;
    epoch = set.getEpoch();
    sequence = set.getSequence();
    return new Outcome.Applied(replaceAll(collected));
  }

  Outcome apply(ExportChange change) {
    if (!synced) {
      return new Outcome.Refused("it sent a change before the whole export set");
    }
    if (change.getEpoch() != epoch || change.getSequence() != sequence + 1) {
      return new Outcome.Refused(
          "change "
              + order(change.getEpoch(), change.getSequence())
              + " does not follow "
              + order(epoch, sequence));
    }
    sequence = change.getSequence();
    boolean changed = false;
    for (String removal : change.getRemovalsList()) {
      changed |= remove(removal);
    }
    for (Export export : change.getUpsertsList()) {
      changed |= accept(export);
    }
    return new Outcome.Applied(changed);
  }

  /** Drops every export; the order stays, so that an old message is still refused. */
  boolean clear() {
    boolean changed = !accepted.isEmpty();
    accepted.clear();
    rejected.clear();
    totalSlots = 0;
    return changed;
  }

  /** Another cluster has the name now: nothing of the old one's order or exports counts. */
  void forget() {
    clear();
    newLink();
    epoch = 0;
    sequence = 0;
  }

  private Optional<Outcome> refuseOlder(long newEpoch, long newSequence) {
    boolean newer = newEpoch > epoch || (newEpoch == epoch && newSequence > sequence);
    return newer
        ? Optional.empty()
        : Optional.of(
            new Outcome.Refused(
                "export set "
                    + order(newEpoch, newSequence)
                    + " is not newer than "
                    + order(epoch, sequence)));
  }

  private Optional<Outcome> refusePart(ExportSet set) {
    return set.getSequence() == partsSequence
        ? Optional.empty()
        : Optional.of(new Outcome.Refused("it began another export set within one"));
  }

  private boolean replaceAll(List<Export> exports) {
    rejected.clear();
    boolean changed = false;
    NavigableMap<String, Export> byName = new TreeMap<>();
    for (Export export : exports) {
      byName.put(ExportWire.claimedName(export), export);
    }
    for (ServiceName name : List.copyOf(accepted.keySet())) {
      if (!byName.containsKey(name.toString())) {
        changed |= remove(name.toString());
      }
    }
    for (Export export : byName.values()) {
      changed |= accept(export);
    }
    return changed;
  }

  private boolean remove(String name) {
    rejected.remove(name);
    ServiceName service;
    try {
      service = ServiceName.parse(name);
    } catch (IllegalArgumentException _) {
      // It was never accepted under such a name, so nothing is there to remove.
      return false;
    }
    Accepted old = accepted.remove(service);
    if (old == null) {
      return false;
    }
    totalSlots -= old.wire().getSlotsCount();
    return true;
  }

  private boolean accept(Export wire) {
    String name = ExportWire.claimedName(wire);
    try {
      RemoteExport export = ExportWire.fromWire(wire, exporter);
      Accepted old = accepted.get(export.service());
      requireRoom(wire, old);
      rejected.remove(name);
      if (old != null && old.export().equals(export)) {
        return false;
      }
      accepted.put(export.service(), new Accepted(wire, export));
      totalSlots += wire.getSlotsCount() - (old == null ? 0 : old.wire().getSlotsCount());
      return true;
    } catch (IllegalArgumentException e) {
      if (rejected.size() < MAX_SHOWN || rejected.containsKey(name)) {
        rejected.put(name, String.valueOf(e.getMessage()));
      }
      return false;
    }
  }

  private void requireRoom(Export wire, @Nullable Accepted old) {
    if (old == null && accepted.size() >= MAX_EXPORTS) {
      throw new IllegalArgumentException(
          "exports: more than " + MAX_EXPORTS + " (expected: at most " + MAX_EXPORTS + ")");
    }
    int slots = totalSlots + wire.getSlotsCount() - (old == null ? 0 : old.wire().getSlotsCount());
    if (slots > MAX_TOTAL_SLOTS) {
      throw new IllegalArgumentException(
          "slots of all exports: " + slots + " (expected: at most " + MAX_TOTAL_SLOTS + ")");
    }
  }

  private static String order(long epoch, long sequence) {
    return "(epoch " + epoch + ", sequence " + sequence + ")";
  }
}
