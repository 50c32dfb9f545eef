package dev.hawser.proxy.balance;

import dev.hawser.proxy.model.Address;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What all ways through one address have in common: when a gateway falls silent, everything behind
 * it is doubted at once, without a failure for each.
 *
 * <p>Safe for use by any thread.
 */
public final class AddressHealth {
  private final Address address;
  private final Set<PathHealth> paths = ConcurrentHashMap.newKeySet();
  private volatile long lastBytes = Long.MIN_VALUE;

  AddressHealth(Address address) {
    this.address = address;
  }

  public Address address() {
    return address;
  }

  void join(PathHealth path) {
    paths.add(path);
  }

  /** Returns whether nothing leads through it any more. */
  boolean leave(PathHealth path) {
    paths.remove(path);
    return paths.isEmpty();
  }

  /** Takes note that bytes came from it; called for every read, so it is one plain write. */
  public void heard(long now) {
    lastBytes = now;
  }

  /**
   * Doubts every way but the one that failed.
   *
   * @param silentSince if bytes came from the address later than this, it lives and only what is
   *     behind the failed path does not
   */
  void doubtOthers(PathHealth failed, long silentSince, long now, String reason) {
    if (lastBytes != Long.MIN_VALUE && lastBytes - silentSince > 0) {
      return;
    }
    for (PathHealth path : paths) {
      if (path != failed) {
        path.doubt(now, reason);
      }
    }
  }
}
