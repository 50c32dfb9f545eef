package dev.hawser.controlplane.registry;

import dev.hawser.api.model.Provenance;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between the sources and the mesh, so that a registry that forgets does not take the
 * endpoints out of every pool. What {@link WithdrawalRule} calls a mass withdrawal is held: the
 * endpoints that went are served on, as they were, beside everything that the source does report.
 * Additions, changes and later single deletions flow during a hold.
 *
 * <p>A hold ends, endpoint by endpoint, when the source reports them again, reports as many ready
 * ones for the service as there were, or deletes what it had still listed (not at once while a
 * resync settles); and as a whole by an operator's word ({@link #accept}) or at {@link
 * WithdrawalRule#longest} ({@link #expire}). Nothing here proves an endpoint dead: gateways probe
 * other clusters' gateways, and sidecars keep to themselves whom they eject.
 *
 * <p>Never held: VM leases (each ends by itself, because its agent fell silent), a service that is
 * no longer exported (a permission withdrawn is withdrawn at once), and the first state of a source
 * that nothing was known of.
 *
 * <p>Thread-safe. No clock but the one given, no thread of its own: {@link Registries} drives it.
 */
public final class MassWithdrawalGuard {
  private static final Logger LOG = LoggerFactory.getLogger(MassWithdrawalGuard.class);

  private final WithdrawalRule rule;
  private final InstantSource clock;
  private final TreeMap<String, GuardedSource> sources = new TreeMap<>();

  public MassWithdrawalGuard(WithdrawalRule rule, InstantSource clock) {
    this.rule = rule;
    this.clock = clock;
  }

  /**
   * Makes a state known as served before, e.g. from disk after a restart: the source's first report
   * is judged against it. Does nothing once the source has reported.
   */
  public synchronized void restore(RegistryState lastGood) {
    sources.computeIfAbsent(
        lastGood.source(), source -> GuardedSource.restored(rule, clock, lastGood));
  }

  /** Takes a source's new state and returns what is to be served of it. */
  public synchronized RegistryState offer(RegistryState state) {
    if (state.kind() == Provenance.Registry.VM) {
      return state;
    }
    GuardedSource source =
        sources.computeIfAbsent(
            state.source(), _ -> new GuardedSource(rule, clock, state.source()));
    Optional<Hold> before = source.hold();
    RegistryState served = source.offer(state);
    logChange(state.source(), before, source.hold());
    return served;
  }

  /**
   * Ends a source's hold: what it last reported is true.
   *
   * @return what is to be served now; empty if nothing was held
   */
  public synchronized Optional<RegistryState> accept(String source) {
    return release(source, "accepted by an operator");
  }

  /**
   * Ends holds that are past their time, lets go what was deleted while a resync settled, and
   * returns what is to be served now, per source.
   */
  public synchronized List<RegistryState> expire() {
    List<RegistryState> changed = new ArrayList<>();
    for (Map.Entry<String, GuardedSource> source : sources.entrySet()) {
      Optional<Hold> before = source.getValue().hold();
      source.getValue().settle().ifPresent(changed::add);
      logChange(source.getKey(), before, source.getValue().hold());
    }
    for (Hold hold : holds()) {
      if (!clock.instant().isBefore(hold.until())) {
        release(hold.source(), "held for " + rule.longest()).ifPresent(changed::add);
      }
    }
    return changed;
  }

  /** Returns the hold on a source. */
  public synchronized Optional<Hold> hold(String source) {
    GuardedSource guarded = sources.get(source);
    return guarded == null ? Optional.empty() : guarded.hold();
  }

  /** Returns all holds, by source. */
  public synchronized List<Hold> holds() {
    return sources.values().stream().flatMap(source -> source.hold().stream()).toList();
  }

  private Optional<RegistryState> release(String source, String why) {
    GuardedSource guarded = sources.get(source);
    if (guarded == null) {
      return Optional.empty();
    }
    Optional<Hold> hold = guarded.hold();
    hold.ifPresent(held ->
        LOG.warn(
            "Mass withdrawal let go source={} endpoints={} why=\"{}\"",
            source,
            held.endpointCount(),
            why));
    return guarded.release();
  }

  private static void logChange(String source, Optional<Hold> before, Optional<Hold> after) {
    int had = before.map(Hold::endpointCount).orElse(0);
    int has = after.map(Hold::endpointCount).orElse(0);
    if (has > had) {
      LOG.warn(
          "Mass withdrawal held source={} endpoints={} reason=\"{}\" end=\"hawser registry accept"
              + " {}\"",
          source,
          has,
          after.map(Hold::reason).orElse(""),
          source);
    } else if (has < had) {
      LOG.info("Held endpoints returned or ended source={} endpoints={} left={}", source, had, has);
    }
  }
}
