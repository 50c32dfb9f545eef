package dev.hawser.controlplane.enroll;

import dev.hawser.controlplane.state.StateJson;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StoredDocument;
import dev.hawser.trust.spiffe.SpiffeId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What redeemed tokens let VMs register; it stands until it is replaced, so a VM that restarts
 * needs no new token. Durable; reads are from memory.
 */
public final class GrantBook {
  private static final String PREFIX = "grant|";

  private final StateStore store;
  private final List<Granted> granted = new CopyOnWriteArrayList<>();

  /** A grant as it is stored. */
  private record Granted(String identity, Grant grant, long sinceMillis) {
    String key() {
      return PREFIX + identity + "|" + grant.name();
    }
  }

  /** Loads what was granted before. */
  public GrantBook(StateStore store) {
    this.store = store;
    for (StoredDocument document : store.list(StateKind.REGISTRATIONS)) {
      if (document.key().startsWith(PREFIX)) {
        granted.add(StateJson.read(StateKind.REGISTRATIONS, document, Granted.class));
      }
    }
  }

  /** Lets an identity register what the grant says; a second one for its VM replaces the first. */
  void put(SpiffeId identity, Grant grant, Instant now) {
    Granted next = new Granted(identity.toString(), grant, now.toEpochMilli());
    store.replace(StateKind.REGISTRATIONS, next.key(), StateJson.write(next));
    granted.removeIf(before -> before.key().equals(next.key()));
    granted.add(next);
  }

  /**
   * Returns what a VM may register: by its own name, else by the newest grant of its identity (a
   * host may call itself otherwise than its token did).
   *
   * @return empty if no token granted the identity anything
   */
  Optional<Grant> find(SpiffeId identity, String host) {
    String id = identity.toString();
    List<Granted> its = granted.stream().filter(g -> g.identity().equals(id)).toList();
    return its.stream()
        .filter(g -> g.grant().name().equals(host))
        .findFirst()
        .or(() -> its.stream().max(Comparator.comparingLong(Granted::sinceMillis)))
        .map(Granted::grant);
  }
}
