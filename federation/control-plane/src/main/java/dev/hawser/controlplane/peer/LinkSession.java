package dev.hawser.controlplane.peer;

import dev.hawser.api.peer.v1.Goodbye;
import dev.hawser.api.peer.v1.Heartbeat;
import dev.hawser.api.peer.v1.LinkMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * One stream of a link: its greeting, its heartbeats and what was said on it. A member has one
 * chosen session at most, and a second one only while the two sides agree which of them stays.
 *
 * <p>A side counts as heard only by a heartbeat that echoes one of ours: a link that works one way
 * is down. Not thread-safe: the peer loop's.
 */
final class LinkSession {
  /** Between two heartbeats. */
  static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /** From the dial to the other side's greeting. */
  static final Duration GREETING = Duration.ofSeconds(3);

  /**
   * Silence after which a session is given up; shorter than the silence that makes a member lost,
   * so that a dead gateway is changed for another one before anybody notices.
   */
  static final Duration SILENCE = Duration.ofSeconds(3);

  /** Heartbeats that may still be echoed; older ones say nothing new. */
  private static final int REMEMBERED = 16;

  private final LinkChannel channel;
  private final boolean dialled;
  private final String route;
  private final Instant opened;
  private final ExportSender exports;
  private final ArrayDeque<Sent> unanswered = new ArrayDeque<>();
  private boolean greeted;
  private boolean greetingSent;
  private boolean closed;
  private long lastNonce;
  private long echo;
  private long saidTrust;
  private long saidMembership;
  private Instant confirmed;
  private Instant heartbeatDue;

  private record Sent(long nonce, Instant at) {}

  /**
   * @param dialled whether this side dialled
   * @param route for people: the gateway that was dialled, or where it came from
   */
  LinkSession(LinkChannel channel, boolean dialled, String route, ExportOrder order, Instant now) {
    this.channel = channel;
    this.dialled = dialled;
    this.route = route;
    this.opened = now;
    this.confirmed = now;
    this.heartbeatDue = now;
    this.exports = new ExportSender(order);
  }

  /** What the session needs to know to say everything that is due. */
  interface Speaker {
    LinkMessage hello();

    Heartbeat.Builder heartbeat();

    /** Grows whenever {@link #membership} changes. */
    long membershipVersion();

    LinkMessage membership();

    /** Grows whenever {@link #trust} changes. */
    long trustVersion();

    LinkMessage trust();

    /**
     * Returns what the peer may use; empty while this control plane does not know it yet, which is
     * not the same as nothing: a peer must not withdraw what comes back a second later.
     */
    Optional<ExportSender.Wanted> exports();
  }

  boolean isDialled() {
    return dialled;
  }

  String route() {
    return route;
  }

  boolean isGreeted() {
    return greeted;
  }

  boolean isClosed() {
    return closed;
  }

  /** The other side's greeting was taken: from now on everything may be said. */
  void greeted(Instant now) {
    greeted = true;
    confirmed = now;
    heartbeatDue = now;
  }

  /** Says all that is due and that the stream takes without queueing. */
  void pump(Speaker speaker, boolean chosen, Instant now) {
    while (!closed && channel.isReady()) {
      Optional<LinkMessage> next = next(speaker, chosen, now);
      if (next.isEmpty()) {
        return;
      }
      channel.send(next.get());
    }
  }

  private Optional<LinkMessage> next(Speaker speaker, boolean chosen, Instant now) {
    if (!greetingSent) {
      greetingSent = true;
      saidMembership = speaker.membershipVersion();
      return Optional.of(speaker.hello());
    }
    if (!greeted || !chosen) {
      return Optional.empty();
    }
    if (!now.isBefore(heartbeatDue)) {
      return Optional.of(heartbeat(speaker, now));
    }
    if (saidTrust != speaker.trustVersion()) {
      saidTrust = speaker.trustVersion();
      return Optional.of(speaker.trust());
    }
    if (saidMembership != speaker.membershipVersion()) {
      saidMembership = speaker.membershipVersion();
      return Optional.of(speaker.membership());
    }
    return speaker.exports().flatMap(exports::next);
  }

  private LinkMessage heartbeat(Speaker speaker, Instant now) {
    heartbeatDue = now.plus(HEARTBEAT);
    lastNonce++;
    unanswered.addLast(new Sent(lastNonce, now));
    if (unanswered.size() > REMEMBERED) {
      unanswered.removeFirst();
    }
    Heartbeat.Builder heartbeat = speaker.heartbeat().setNonce(lastNonce).setEcho(echo);
    return LinkMessage.newBuilder().setHeartbeat(heartbeat).build();
  }

  /**
   * Takes a heartbeat.
   *
   * @return when the newest of our heartbeats that it echoes was sent; empty if it echoes none that
   *     was not known to have arrived
   */
  Optional<Instant> heard(Heartbeat heartbeat) {
    echo = heartbeat.getNonce();
    Optional<Instant> newest = Optional.empty();
    boolean ours = unanswered.stream().anyMatch(sent -> sent.nonce() == heartbeat.getEcho());
    while (ours && !unanswered.isEmpty() && unanswered.peekFirst().nonce() <= heartbeat.getEcho()) {
      newest = Optional.of(unanswered.removeFirst().at());
    }
    newest.ifPresent(at -> confirmed = at);
    return newest;
  }

  /** Returns why the session must be given up, if it must. */
  Optional<String> expired(Instant now) {
    if (!greeted) {
      return elapsed(opened, now, GREETING)
          ? Optional.of("no greeting within " + GREETING.toSeconds() + " s")
          : Optional.empty();
    }
    return isSilent(now)
        ? Optional.of("no heartbeat answered for " + SILENCE.toSeconds() + " s")
        : Optional.empty();
  }

  boolean isSilent(Instant now) {
    return elapsed(confirmed, now, SILENCE);
  }

  /** This process stood still: the silence of that time is its own. */
  void resumed(Instant now) {
    confirmed = now;
    heartbeatDue = now;
  }

  /** The message was dealt with. */
  void requestNext() {
    if (!closed) {
      channel.requestNext();
    }
  }

  /** Says why and ends the stream. */
  void close(Optional<String> goodbye) {
    if (closed) {
      return;
    }
    closed = true;
    if (goodbye.isPresent() && greetingSent) {
      channel.send(
          LinkMessage.newBuilder()
              .setGoodbye(Goodbye.newBuilder().setReason(goodbye.get()))
              .build());
    }
    channel.close();
  }

  /** The stream has ended by itself. */
  void ended() {
    closed = true;
  }

  /** Orders sessions: whether this one stays when both are there. */
  static boolean prefers(LinkSession challenger, LinkSession holder, boolean weAreLower) {
    if (challenger.dialled == holder.dialled) {
      // The same side dialled again, so it has given up the older one.
      return true;
    }
    return challenger.dialled == weAreLower;
  }

  private static boolean elapsed(Instant from, Instant now, Duration limit) {
    return Duration.between(from, now).compareTo(limit) >= 0;
  }
}
