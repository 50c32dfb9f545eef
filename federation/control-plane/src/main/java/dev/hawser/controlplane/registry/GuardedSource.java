package dev.hawser.controlplane.registry;

import dev.hawser.api.model.Endpoint;
import dev.hawser.api.model.Service;
import dev.hawser.api.naming.ServiceName;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One source behind the guard: what it last reported, what is held on top, and the states against
 * which the next one is judged. Confined to the guard's lock.
 */
final class GuardedSource {
  /** A state that was served from a moment on. */
  private record Served(Instant from, RegistryState state) {}

  private final WithdrawalRule rule;
  private final InstantSource clock;
  private final String source;

  /** Served states of the last {@link WithdrawalRule#sudden}, and the one in force before them. */
  private final Deque<Served> recent = new ArrayDeque<>();

  private final HeldEndpoints held = new HeldEndpoints();
  private String reason = "";
  private Instant heldSince = Instant.EPOCH;

  /** What the source itself said last. */
  private @Nullable RegistryState reported;

  /** What was served before the last resync, while that settles. */
  private @Nullable RegistryState beforeResync;

  private Instant settled = Instant.MIN;

  GuardedSource(WithdrawalRule rule, InstantSource clock, String source) {
    this.rule = rule;
    this.clock = clock;
    this.source = source;
  }

  static GuardedSource restored(WithdrawalRule rule, InstantSource clock, RegistryState lastGood) {
    GuardedSource guarded = new GuardedSource(rule, clock, lastGood.source());
    guarded.reported = lastGood;
    guarded.recent.addLast(new Served(clock.instant(), lastGood));
    return guarded;
  }

  RegistryState offer(RegistryState state) {
    Instant now = clock.instant();
    forgetBefore(now);
    if (state.resynced()) {
      beginSettling(now);
    } else if (hasSettled(now)) {
      beforeResync = null;
    }
    reported = state;
    held.returnTo(state);
    if (!state.resynced() && hasSettled(now)) {
      held.dropDeleted(state);
    }
    RegistryState candidate = held.over(state);
    Map<ServiceName, Integer> after = ready(candidate);
    RegistryState resyncBase = beforeResync;
    Optional<String> afterResync = Optional.empty();
    if (resyncBase != null) {
      Map<ServiceName, Integer> before = ready(resyncBase);
      afterResync =
          state.resynced() ? rule.judgeResynced(before, after) : rule.judgeSettling(before, after);
    }
    if (resyncBase != null && afterResync.isPresent()) {
      beginHold(now, afterResync.get(), resyncBase, candidate);
    } else if (!recent.isEmpty()) {
      RegistryState base = recent.getFirst().state();
      rule.judgeWatched(ready(base), after).ifPresent(why -> beginHold(now, why, base, candidate));
    }
    held.note(state);
    RegistryState served = held.over(state);
    recent.addLast(new Served(now, served));
    return served;
  }

  /**
   * Lets go what the source deleted while a resync settled, once it has.
   *
   * @return what is to be served now; empty if nothing was let go
   */
  Optional<RegistryState> settle() {
    Instant now = clock.instant();
    RegistryState state = reported;
    if (held.isEmpty() || state == null || !hasSettled(now)) {
      return Optional.empty();
    }
    int before = held.count();
    held.dropDeleted(state);
    if (held.count() == before) {
      return Optional.empty();
    }
    RegistryState served = held.over(state);
    recent.addLast(new Served(now, served));
    return Optional.of(served);
  }

  private boolean hasSettled(Instant now) {
    return !now.isBefore(settled);
  }

  Optional<RegistryState> release() {
    RegistryState state = reported;
    if (held.isEmpty() || state == null) {
      return Optional.empty();
    }
    held.clear();
    // Accepted is accepted: the same loss must not be judged again by the next report.
    beforeResync = null;
    settled = Instant.MIN;
    recent.clear();
    recent.addLast(new Served(clock.instant(), state));
    return Optional.of(state);
  }

  Optional<Hold> hold() {
    return held.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Hold(source, reason, heldSince, heldSince.plus(rule.longest()), held.services()));
  }

  private void beginHold(Instant now, String why, RegistryState before, RegistryState candidate) {
    held.keepMissing(before, candidate);
    reason = why;
    heldSince = now;
  }

  private void beginSettling(Instant now) {
    if (now.isBefore(settled) && beforeResync != null) {
      settled = now.plus(rule.settling());
      return;
    }
    beforeResync = recent.isEmpty() ? null : recent.getLast().state();
    settled = now.plus(rule.settling());
  }

  /** Leaves the state that was in force {@link WithdrawalRule#sudden} ago at the head. */
  private void forgetBefore(Instant now) {
    Instant start = now.minus(rule.sudden());
    while (recent.size() > 1) {
      Served first = recent.removeFirst();
      Served second = recent.getFirst();
      if (second.from().isAfter(start)) {
        recent.addFirst(first);
        return;
      }
    }
  }

  static Map<ServiceName, Integer> ready(RegistryState state) {
    Map<ServiceName, Integer> counts = new HashMap<>();
    for (Service service : state.services()) {
      counts.put(service.name(), ready(service));
    }
    return counts;
  }

  static int ready(Service service) {
    return (int) service.endpoints().stream().filter(Endpoint::ready).count();
  }
}
