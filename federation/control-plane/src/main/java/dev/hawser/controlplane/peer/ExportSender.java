package dev.hawser.controlplane.peer;

import dev.hawser.api.peer.v1.Export;
import dev.hawser.api.peer.v1.ExportChange;
import dev.hawser.api.peer.v1.ExportSet;
import dev.hawser.api.peer.v1.LinkMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one link still has to say about exports: first the whole set, then the difference between
 * what was said and what is true. Nothing is queued: a peer that reads slowly hears the latest
 * state when it reads again, and costs no more than what it was told last.
 */
final class ExportSender {
  /** Bytes after which a message is cut; far below what a receiver takes. */
  private static final int PART_BYTES = 512 * 1024;

  private final ExportOrder order;
  private final Map<String, Export> said = new HashMap<>();
  private @Nullable ArrayDeque<Export> restOfSet;
  private boolean setSaid;
  private long settledVersion = -1;

  /**
   * What is exported to the peer now.
   *
   * @param version another one for every other value
   * @param exports by {@code name.namespace}; never changes
   */
  record Wanted(long version, NavigableMap<String, Export> exports) {}

  ExportSender(ExportOrder order) {
    this.order = order;
  }

  /** Returns the next message, or empty if all is said. */
  Optional<LinkMessage> next(Wanted wanted) {
    if (!setSaid) {
      return Optional.of(nextPart(wanted.exports()));
    }
    if (settledVersion == wanted.version()) {
      return Optional.empty();
    }
    Optional<LinkMessage> change = nextChange(wanted.exports());
    if (change.isEmpty()) {
      settledVersion = wanted.version();
    }
    return change;
  }

  private LinkMessage nextPart(NavigableMap<String, Export> wanted) {
    ArrayDeque<Export> rest = restOfSet;
    if (rest == null) {
      rest = new ArrayDeque<>(wanted.values());
      restOfSet = rest;
      order.advance();
    }
    ExportSet.Builder set =
        ExportSet.newBuilder().setEpoch(order.epoch()).setSequence(order.sequence());
    int bytes = 0;
    while (!rest.isEmpty() && (bytes == 0 || bytes + size(rest.peek()) <= PART_BYTES)) {
      Export export = rest.remove();
      bytes += size(export);
      set.addExports(export);
      said.put(ExportWire.claimedName(export), export);
    }
    setSaid = rest.isEmpty();
    return LinkMessage.newBuilder().setExports(set.setMore(!setSaid)).build();
  }

  private Optional<LinkMessage> nextChange(NavigableMap<String, Export> wanted) {
    List<String> removals = new ArrayList<>();
    for (String name : said.keySet()) {
      if (!wanted.containsKey(name)) {
        removals.add(name);
      }
    }
    List<Export> upserts = new ArrayList<>();
    int bytes = 0;
    for (Map.Entry<String, Export> entry : wanted.entrySet()) {
      if (entry.getValue().equals(said.get(entry.getKey()))) {
        continue;
      }
      bytes += size(entry.getValue());
      if (!upserts.isEmpty() && bytes > PART_BYTES) {
        break;
      }
      upserts.add(entry.getValue());
    }
    if (removals.isEmpty() && upserts.isEmpty()) {
      return Optional.empty();
    }
    said.keySet().removeAll(removals);
    upserts.forEach(export -> said.put(ExportWire.claimedName(export), export));
    return Optional.of(
        LinkMessage.newBuilder()
            .setChange(
                ExportChange.newBuilder()
                    .setEpoch(order.epoch())
                    .setSequence(order.advance())
                    .addAllRemovals(removals)
                    .addAllUpserts(upserts))
            .build());
  }

  private static int size(Export export) {
    return export.getSerializedSize();
  }
}
