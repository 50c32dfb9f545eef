package dev.hawser.controlplane.peer;

import dev.hawser.api.model.PeerState;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a member's silence means: pure rules over what was heard and when.
 *
 * <p>Data-plane probes decide, not the control link alone. A member is withdrawn at most {@link
 * #SILENCE} after the later of its control plane's last word and its gateways' last answer.
 *
 * <p>All instants are of one monotonic clock. Not thread-safe.
 */
final class PeerHealth {
  /** A control plane that was heard within this time is live; probes count as long. */
  static final Duration SILENCE = Duration.ofSeconds(5);

  /** How recent a probe's answer must be to bring a dead member back. */
  static final Duration FRESH = Duration.ofSeconds(3);

  /** How long after a start this cluster's own gateways have to connect and probe. */
  static final Duration START_GRACE = Duration.ofSeconds(30);

  private final Instant started;
  private final NavigableMap<String, Probe> probes = new TreeMap<>();
  private Optional<Instant> heard = Optional.empty();
  private Instant graceFrom;
  private int probers;
  private PeerState state = PeerState.CONTROL_LOST;

  /** The last probe of one gateway. */
  record Probe(String address, boolean answered, Instant checked, Optional<Instant> lastAnswer) {}

  /**
   * A state and why.
   *
   * @param detail a sentence for people; it changes with time
   */
  record Finding(PeerState state, String detail) {}

  /** A member that was not heard since this control plane started is CONTROL_LOST at first. */
  PeerHealth(Instant started) {
    this.started = started;
    this.graceFrom = started;
  }

  /** The control plane answered; {@code at} is when the heartbeat that it echoed was sent. */
  void heard(Instant at) {
    if (heard.isEmpty() || heard.get().isBefore(at)) {
      heard = Optional.of(at);
    }
  }

  void probed(String address, boolean answered, Instant at) {
    Probe old = probes.get(address);
    Optional<Instant> lastAnswer =
        answered ? Optional.of(at) : Optional.ofNullable(old).flatMap(Probe::lastAnswer);
    probes.put(address, new Probe(address, answered, at, lastAnswer));
  }

  /** The number of gateways that probe; the first one gets the time of a silence to find out. */
  void probers(int connected, Instant now) {
    if ((connected > 0) != (probers > 0)) {
      graceFrom = now;
    }
    probers = connected;
  }

  /** Forgets the probes of gateways that the member no longer has. */
  void gateways(List<String> addresses) {
    probes.keySet().retainAll(addresses);
  }

  /**
   * This process itself stood still (frozen, suspended): what it did not hear meanwhile says
   * nothing about the member.
   */
  void resumed(Instant now) {
    graceFrom = now;
    if (state == PeerState.LIVE) {
      heard(now);
    }
  }

  /** Applies the rules; the result stays until the next call. */
  Finding evaluate(Instant now) {
    Finding finding = find(now);
    state = finding.state();
    return finding;
  }

  private Finding find(Instant now) {
    if (within(heard, now, SILENCE)) {
      return new Finding(PeerState.LIVE, "its control plane answers");
    }
    return probers > 0 ? byProbes(now) : withoutProbes(now);
  }

  private Finding byProbes(Instant now) {
    Optional<Probe> answering =
        probes.values().stream()
            .filter(probe -> probe.lastAnswer().isPresent())
            .max(Comparator.comparing(probe -> probe.lastAnswer().orElse(Instant.MIN)));
    Optional<Instant> last = answering.flatMap(Probe::lastAnswer);
    if (answering.isPresent() && within(last, now, FRESH)) {
      return new Finding(
          PeerState.CONTROL_LOST,
          silence(now)
              + "; its gateway "
              + answering.get().address()
              + " answers probes, so its last known exports are served");
    }
    Duration quiet = Duration.between(last.filter(graceFrom::isBefore).orElse(graceFrom), now);
    if (state != PeerState.DEAD && quiet.compareTo(SILENCE) < 0) {
      return new Finding(
          PeerState.CONTROL_LOST, silence(now) + "; waiting for its gateways to answer a probe");
    }
    String probed =
        last.map(at -> "no gateway has answered a probe for " + seconds(at, now) + " s")
            .orElse("no gateway has answered a probe");
    return new Finding(
        PeerState.DEAD, silence(now) + " and " + probed + ", so its exports are withdrawn");
  }

  private Finding withoutProbes(Instant now) {
    String why = "no gateway of this cluster is connected, so nothing probes its gateways";
    boolean grace = heard.isEmpty() && Duration.between(started, now).compareTo(START_GRACE) < 0;
    boolean settling = Duration.between(graceFrom, now).compareTo(SILENCE) < 0;
    if (state != PeerState.DEAD && (grace || settling)) {
      return new Finding(PeerState.CONTROL_LOST, silence(now) + "; " + why + " yet");
    }
    return new Finding(
        PeerState.DEAD,
        silence(now) + "; " + why + ", and the link alone decides: its exports are withdrawn");
  }

  /** Returns when the control plane was last heard since this process started. */
  Optional<Instant> lastHeard() {
    return heard;
  }

  PeerState state() {
    return state;
  }

  /** Returns the last probe of each gateway, by address. */
  List<Probe> probes() {
    return List.copyOf(probes.values());
  }

  /** Whether a gateway may be used: false once probes of it have failed for a while. */
  boolean isAnswering(String address, Instant now) {
    Probe probe = probes.get(address);
    return probers == 0
        || probe == null
        || probe.answered()
        || within(probe.lastAnswer(), now, FRESH);
  }

  private String silence(Instant now) {
    return heard
        .map(at -> "its control plane has been silent for " + seconds(at, now) + " s")
        .orElse("its control plane has not been heard since this one started");
  }

  private static long seconds(Instant from, Instant now) {
    return Duration.between(from, now).toSeconds();
  }

  private static boolean within(Optional<Instant> at, Instant now, Duration limit) {
    return at.isPresent() && Duration.between(at.get(), now).compareTo(limit) < 0;
  }
}
