package dev.hawser.controlplane.registry;

import dev.hawser.api.model.Provenance;
import java.time.Instant;
import java.util.List;

/**
 * How one source is doing.
 *
 * @param detail what is wrong, as a sentence; empty if nothing is
 * @param services in what is served of it
 * @param endpoints in what is served of it
 * @param held endpoints that are served only because the guard holds them
 * @param updated when its last state was observed; {@link Instant#EPOCH} if there was none
 */
public record SourceStatus(
    String source,
    Provenance.Registry kind,
    Condition condition,
    String detail,
    int services,
    int endpoints,
    int held,
    List<Rejected> rejected,
    Instant updated) {
  public SourceStatus {
    rejected = List.copyOf(rejected);
  }

  /** What a source's last sign of life was worth. */
  public enum Condition {
    /** Its state is current. */
    SYNCED,
    /** It has reported nothing yet. */
    CONNECTING,
    /** It cannot be read; its last good state is served. */
    STALE,
    /** It withdrew so much at once that the guard holds it. */
    HELD
  }
}
