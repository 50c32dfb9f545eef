package dev.hawser.controlplane.restart;

import dev.hawser.controlplane.registry.RegistryState;
import dev.hawser.controlplane.state.StateKind;
import dev.hawser.controlplane.state.StateStore;
import dev.hawser.controlplane.state.StateUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last good state of each registry, so that a control plane that restarts while a registry is
 * away serves what it served before. Written on a thread of its own, at most once a second for each
 * source: a restart may find a state that is a second old, and the registry corrects it.
 */
public final class LastGoodStates implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LastGoodStates.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Parts parts;
  private final LaterWriter writer;
  private final Map<String, RegistryState> pending = new HashMap<>();

  public LastGoodStates(StateStore store) {
    parts = new Parts(store, StateKind.REGISTRY_LAST_GOOD);
    writer = new LaterWriter("last-good-states", PAUSE, this::write);
  }

  /** Returns what is known of these sources; one that cannot be read is left out and logged. */
  public List<RegistryState> load(Collection<String> sources) {
    List<RegistryState> states = new ArrayList<>();
    for (String source : sources) {
      try {
        Optional<byte[]> stored = parts.load(source);
        if (stored.isPresent()) {
          states.add(RegistryStateCodec.read(stored.get()));
        }
      } catch (IOException | StateUnavailableException e) {
        LOG.warn("The last good state of a registry cannot be read. source={}", source, e);
      }
    }
    return states;
  }

  /** Remembers a state; returns at once. */
  public void remember(RegistryState state) {
    synchronized (pending) {
      pending.put(state.source(), state);
    }
    writer.wake();
  }

  private void write() {
    List<RegistryState> states;
    synchronized (pending) {
      states = List.copyOf(pending.values());
      pending.clear();
    }
    for (RegistryState state : states) {
      try {
        parts.save(state.source(), RegistryStateCodec.write(state));
      } catch (StateUnavailableException e) {
        LOG.warn("A registry's state cannot be remembered. source={}", state.source(), e);
        synchronized (pending) {
          pending.putIfAbsent(state.source(), state);
        }
        writer.wake();
      }
    }
  }

  /** Writes what is pending and stops. */
  @Override
  public void close() {
    writer.close();
  }
}
