package dev.hawser.controlplane.peer;

import dev.hawser.api.naming.ServiceName;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StateUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what peers export to the disk, soon after it changed and never on the peer loop: a slow
 * disk must not look like a silent peer. Called by the peer loop alone.
 */
final class ImportKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ImportKeeper.class);

  /** Between two writes of one peer's exports. */
  private static final Duration PACE = Duration.ofMillis(500);

  /** How old the stored time of the last word may be. */
  private static final Duration AGE_PACE = Duration.ofSeconds(60);

  private final ImportStore store;
  private final InstantSource clock;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("hawser-imports").factory());
  private final Map<String, ImportStore.LastKnown> stored;
  private final Map<String, Written> written = new HashMap<>();

  private record Written(long version, Instant at) {}

  /**
   * What was known of a peer before this control plane started.
   *
   * @param heard when its control plane was last heard; now, if never
   */
  record Restored(Imports imports, Instant heard) {}

  ImportKeeper(StateStore state, InstantSource clock) {
    this.store = new ImportStore(state);
    this.clock = clock;
    this.stored = store.load();
  }

  /** Returns what was last known of a member; nothing if another cluster had its name then. */
  Restored restore(Member member) {
    Imports imports = new Imports(member.cluster());
    ImportStore.LastKnown known = stored.remove(member.name());
    if (known == null || !known.uuid().equals(member.uuid())) {
      return new Restored(imports, clock.instant());
    }
    imports.restore(known.epoch(), known.sequence(), known.exports());
    return new Restored(imports, known.heard());
  }

  /** Looks whether a link's exports have to be written. */
  void noticed(PeerLink link) {
    Instant now = clock.instant();
    Written last = written.get(link.peer().name());
    boolean changed = last == null || last.version() != link.importVersion();
    Duration since = last == null ? AGE_PACE : Duration.between(last.at(), now);
    if (since.compareTo(changed ? PACE : AGE_PACE) >= 0) {
      save(link);
    }
  }

  /** Writes a link's exports. */
  void save(PeerLink link) {
    String cluster = link.peer().name();
    written.put(cluster, new Written(link.importVersion(), clock.instant()));
    NavigableMap<ServiceName, Imports.Accepted> exports = new TreeMap<>(link.imports().accepted());
    String uuid = link.uuid();
    long epoch = link.imports().epoch();
    long sequence = link.imports().sequence();
    Instant heard = link.lastHeard();
    write(cluster, () -> store.save(cluster, uuid, epoch, sequence, heard, exports));
  }

  /** Removes what is stored of a member that is gone. */
  void forget(String cluster) {
    written.remove(cluster);
    write(cluster, () -> store.remove(cluster));
  }

  private void write(String cluster, Runnable task) {
    writer.execute(() -> {
      try {
        task.run();
      } catch (StateUnavailableException e) {
        // The next save writes whatever is still missing.
        log.warn("imports not stored cluster={} reason={}", cluster, e.getMessage());
      }
    });
  }

  /** Waits for the writes that were begun, at most two seconds. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(2, TimeUnit.SECONDS)) {
        log.warn("imports not stored before the end");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
